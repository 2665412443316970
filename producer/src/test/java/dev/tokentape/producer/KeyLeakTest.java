package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.producer.testing.Installation;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Keys are sent to their providers and stand nowhere else, even if a provider says them back. */
@Timeout(120)
class KeyLeakTest {

    private static final String MARKER = "KEY4711";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void aKeyStandsNowhereButInItsProvidersRequests() throws Exception {
        // Given
        Map<String, String> environment = environment();
        Recorder log = Recorder.attach();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        List<TokenEvent> events = new ArrayList<>();
        EchoingProviders echo = new EchoingProviders();
        String printed;
        try (MockWebServer server = new MockWebServer();
                EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")));
                Installation installation = new Installation(kafka.bootstrapServers(), folder, "")) {
            server.setDispatcher(echo);
            server.start();
            Settings settings = settings(installation, environment, "http://127.0.0.1:" + server.getPort());
            ProducerConfig config = ProducerConfig.from(settings);
            printed = settings.describe() + "\n" + config;
            List<String> names = List.copyOf(ProvidersConfig.known().keySet());

            // When
            try (TokenProducer producer = TokenProducer.start(config, meters)) {
                assertThat(producer.ready()).isTrue();
                for (String name : names) {
                    for (String model : EchoingProviders.MODELS) {
                        installation.send(job(name, model));
                    }
                }
                int expected = names.size() * EchoingProviders.MODELS.size();
                await().atMost(PATIENCE).until(() -> {
                    events.clear();
                    events.addAll(installation.journalOf("c-1"));
                    return events.stream().filter(TokenEvent::isTerminal).count() == expected;
                });
            }
        } finally {
            log.detach();
        }

        // Then
        assertThat(echo.keysSeen).as("providers that were sent a key").hasSizeGreaterThan(100);
        assertThat(events.toString()).doesNotContain(MARKER);
        assertThat(printed).doesNotContain(MARKER);
        assertThat(log.lines).as("the log works").isNotEmpty();
        assertThat(log.lines.stream().filter(line -> line.contains(MARKER))).isEmpty();
        assertThat(meters.getMeters().stream().map(Meter::getId).toList().toString())
                .doesNotContain(MARKER);
    }

    /** One of its own for every variable that any provider reads its key from. */
    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        ProvidersConfig.known()
                .values()
                .forEach(variables -> variables.forEach(variable ->
                        environment.put(variable, "sk-%s-%s+/=".formatted(MARKER, variable.toLowerCase(Locale.ROOT)))));
        environment.remove("AWS_BEARER_TOKEN_BEDROCK");
        environment.put("AWS_ACCESS_KEY_ID", "AKIA" + MARKER);
        environment.put("AWS_SECRET_ACCESS_KEY", MARKER + "secret");
        environment.put("AWS_SESSION_TOKEN", MARKER + "session");
        return environment;
    }

    private static Settings settings(Installation installation, Map<String, String> environment, String url) {
        Map<String, String> given = new HashMap<>(installation.settings());
        given.put("providers", String.join(",", ProvidersConfig.known().keySet()));
        for (String name : ProvidersConfig.known().keySet()) {
            given.put("provider." + name + ".base-url", url);
            given.put("provider." + name + ".region", "eu-central-1");
            given.put("provider." + name + ".max-tries", "2");
            given.put("provider." + name + ".retry-base-delay", "1ms");
        }
        return new Settings(given, environment, Map.of());
    }

    private static GenerationJob job(String provider, String model) {
        GenerationJob job = Jobs.job("c-1", provider, Instant.now().plusSeconds(60));
        GenerationRequest request = GenerationRequest.newBuilder(job.getRequest())
                .setModel(model)
                .setMessages(List.of(Jobs.user("Hello")))
                .build();
        return GenerationJob.newBuilder(job).setRequest(request).build();
    }

    /** Answers with all that the request's headers hold, in every kind of error there is. */
    private static final class EchoingProviders extends Dispatcher {
        private static final List<String> MODELS =
                List.of("refused", "overloaded", "broken", "html", "code", "streamed");

        private final Queue<String> keysSeen = new ConcurrentLinkedQueue<>();

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            String body = Objects.requireNonNull(request.getBody()).utf8() + request.getTarget();
            StringBuilder told = new StringBuilder();
            request.getHeaders().forEach(header -> {
                if (header.getSecond().contains(MARKER)) {
                    keysSeen.add(header.getFirst());
                    told.append(header.getSecond().replace("Bearer ", "")).append(' ');
                }
            });
            String key = told.toString().strip();
            if (body.contains("refused")) {
                return response(401, "application/json", error("invalid_api_key", "Incorrect API key: " + key));
            }
            if (body.contains("overloaded")) {
                return response(503, "application/json", "{\"message\":\"no room for " + key + "\"}");
            }
            if (body.contains("broken")) {
                return response(400, "text/plain", "cannot read " + key);
            }
            if (body.contains("html")) {
                return response(200, "text/html", "<html>" + key + "</html>");
            }
            if (body.contains("code")) {
                return response(404, "application/json", error(key, "no such key"));
            }
            return response(200, "text/event-stream", "data: " + error("server_error", "failed for " + key) + "\n\n");
        }

        private static String error(String code, String message) {
            return "{\"error\":{\"code\":\"%s\",\"type\":\"%s\",\"message\":\"%s\"}}".formatted(code, code, message);
        }

        private static MockResponse response(int status, String type, String body) {
            return new MockResponse.Builder()
                    .code(status)
                    .setHeader("Content-Type", type)
                    .body(body)
                    .build();
        }
    }

    /** Keeps every line that is logged, at every level, of every library. */
    private static final class Recorder extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Level before = root.getLevel();
        private final Map<Logger, Level> levels = new HashMap<>();
        private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();

        static Recorder attach() {
            Recorder recorder = new Recorder();
            recorder.setContext(recorder.root.getLoggerContext());
            recorder.start();
            for (Logger logger : recorder.root.getLoggerContext().getLoggerList()) {
                Level level = logger.getLevel();
                if (level != null && logger != recorder.root) {
                    recorder.levels.put(logger, level);
                    logger.setLevel(null);
                }
            }
            // What the console shows stays as it was: only this appender hears more.
            recorder.root.iteratorForAppenders().forEachRemaining(appender -> recorder.appenders.add(appender));
            recorder.appenders.forEach(recorder.root::detachAppender);
            recorder.root.setLevel(Level.DEBUG);
            recorder.root.addAppender(recorder);
            return recorder;
        }

        void detach() {
            root.detachAppender(this);
            appenders.forEach(root::addAppender);
            root.setLevel(before);
            levels.forEach(Logger::setLevel);
        }

        @Override
        protected void append(ILoggingEvent event) {
            String thrown =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            lines.add(event.getFormattedMessage() + event.getKeyValuePairs() + thrown);
        }
    }
}
