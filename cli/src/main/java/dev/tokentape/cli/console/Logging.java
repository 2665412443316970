package dev.tokentape.cli.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Logging to stderr, set up without a configuration file, which would cost start-up time.
 *
 * <p>Logback finds it as a service. A {@code logback-test.xml} on the class path, or a configuration named by {@code
 * logback.configurationFile}, has precedence.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final List<String> KAFKA = List.of("org.apache.kafka", "kafka", "state.change.logger");

    private static final String CLIENTS = "org.apache.kafka.clients";

    /**
     * Complains, at length, when the broker's first request comes before the controller next to it has been elected.
     */
    private static final String TOO_EARLY = "kafka.server.ControllerApis";

    /** How log lines look. */
    public enum Format {
        TEXT,
        JSON
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null
                || Logging.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        apply(context, 0, Format.TEXT, System.getenv("LOG_LEVEL"));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sets level and format of this process.
     *
     * @param verbosity how often {@code -v} was given: 0 warnings, 1 our progress, 2 our details and Kafka's progress
     */
    public static void configure(int verbosity, Format format) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && (verbosity > 0 || format != Format.TEXT)) {
            apply(context, verbosity, format, System.getenv("LOG_LEVEL"));
        }
    }

    /**
     * Hears Kafka only for errors, for a process that runs the broker itself: what it warns of is then its own starting
     * and stopping. Does nothing where more was asked for.
     */
    public static void quietKafka() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            KAFKA.stream().map(context::getLogger).forEach(logger -> {
                if (logger.getEffectiveLevel().isGreaterOrEqual(Level.WARN)) {
                    logger.setLevel(Level.ERROR);
                    context.getLogger(TOO_EARLY).setLevel(Level.OFF);
                }
            });
        }
    }

    /**
     * Hears Kafka's clients only for errors, while a start waits for a broker: they complain of every try, and the
     * start says itself what it waits for. Does nothing where more was asked for.
     */
    public static void quietNetwork() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger clients = context.getLogger(CLIENTS);
            if (clients.getEffectiveLevel().isGreaterOrEqual(Level.WARN)) {
                clients.setLevel(Level.ERROR);
            }
        }
    }

    /** Hears Kafka's clients again as before {@link #quietNetwork}. */
    public static void usualNetwork() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(CLIENTS).setLevel(null);
        }
    }

    /** Hears nothing more of Kafka, whose parts complain of each other while they are being closed together. */
    public static void muteKafka() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            KAFKA.stream().map(context::getLogger).forEach(logger -> {
                if (logger.getEffectiveLevel().isGreaterOrEqual(Level.WARN)) {
                    logger.setLevel(Level.OFF);
                }
            });
        }
    }

    private static void apply(LoggerContext context, int verbosity, Format format, @Nullable String level) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender(context, format));
        root.setLevel(Level.toLevel(level, Level.WARN));
        Level ours = verbosity == 0 ? root.getLevel() : verbosity == 1 ? Level.INFO : Level.DEBUG;
        context.getLogger("dev.tokentape").setLevel(ours);
        Level kafka = verbosity >= 2 ? Level.INFO : Level.WARN;
        KAFKA.forEach(name -> context.getLogger(name).setLevel(kafka));
    }

    private static ConsoleAppender<ILoggingEvent> appender(LoggerContext context, Format format) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context, format));
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
        if (format == Format.JSON) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(context);
            json.start();
            return json;
        }
        HarmlessLayout layout = new HarmlessLayout();
        layout.setContext(context);
        layout.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{24} %msg %kvp%n%ex");
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
        text.setContext(context);
        text.setLayout(layout);
        text.start();
        return text;
    }

    /** Lines for people: what a message or an exception repeats from elsewhere cannot steer their terminal. */
    private static final class HarmlessLayout extends PatternLayout {
        @Override
        public String doLayout(ILoggingEvent event) {
            return Cells.harmless(super.doLayout(event));
        }
    }
}
