package dev.tokentape.standalone.command;

import dev.tokentape.cli.command.PortConverter;
import dev.tokentape.cli.command.SettingOptions;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.ProcessEnd;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.standalone.stack.LocalStack;
import dev.tokentape.standalone.stack.StackOptions;
import dev.tokentape.standalone.stack.StartRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs everything in this process. */
public abstract class StackCommand implements Callable<Integer> {

    protected final Terminal terminal;
    private final String name;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where all data lives; found again at the next start. Default: ~/.tokentape.")
    private @Nullable Path data;

    @Option(names = "--host", description = "Address of the gateway. Default: gateway.host, else 127.0.0.1.")
    private @Nullable String host;

    @Option(
            names = "--port",
            converter = PortConverter.class,
            description = "Port of the gateway; 0 for any free one. Default: gateway.port, else 8080.")
    private @Nullable Integer port;

    @Option(
            names = "--kafka-port",
            converter = PortConverter.class,
            description = "Port of the embedded Kafka broker on 127.0.0.1, to look at it with other tools."
                    + " Default: any free one.")
    private int kafkaPort;

    protected StackCommand(Terminal terminal, String name) {
        this.terminal = terminal;
        this.name = name;
    }

    /** Refuses options that do not go together, before anything is started. */
    protected void checkOptions() {}

    /** Which moderation rules to begin with. */
    protected StartRules rules() {
        return new StartRules.AsTheyAre();
    }

    /** What to do when everything is up; null to stay up. */
    protected abstract @Nullable ExitCode with(LocalStack stack, Path folder) throws Exception;

    /** Called when the process is told to end, before anything is closed. */
    protected void stopping() {}

    /** Called when everything is closed, be it by itself or because the process was told to end. */
    protected void closed() {}

    @Override
    public final Integer call() throws Exception {
        checkOptions();
        Settings settings = options.settings(List.of(Service.values()), terminal);
        StackOptions stackOptions = new StackOptions(
                folder(),
                host != null ? host : settings.text("gateway.host", "127.0.0.1"),
                port != null ? port : settings.integer("gateway.port", 8080, 0, 65_535),
                kafkaPort,
                "tokentape " + name,
                rules(),
                options.given());
        Map<String, String> described = stackOptions.check(settings);
        stackOptions
                .withoutEffect()
                .forEach(key -> terminal.note(
                        "tokentape: --set " + key + " has no effect here: " + name + " runs all parts itself"));
        if (options.printConfig()) {
            terminal.line("data = " + stackOptions.data());
            SettingOptions.print(described, terminal);
            return ExitCode.OK.number();
        }
        Logging.quietKafka();
        return run(stackOptions);
    }

    private int run(StackOptions stackOptions) throws Exception {
        StartProgress progress = new StartProgress(terminal);
        AtomicReference<@Nullable AutoCloseable> closing = new AtomicReference<>();
        AtomicReference<@Nullable LocalStack> up = new AtomicReference<>();
        AutoCloseable stop = () -> {
            AutoCloseable stack = closing.getAndSet(null);
            if (stack != null) {
                Logging.muteKafka();
                stack.close();
                closed();
            }
        };
        AutoCloseable told = () -> {
            progress.clear();
            stopping();
            LocalStack stack = up.get();
            String unfinished = stack == null ? "" : stack.unfinished();
            terminal.note("stopping" + (unfinished.isEmpty() ? " …" : ": " + unfinished));
            stop.close();
            terminal.note("stopped");
        };
        try (ProcessEnd end = ProcessEnd.does(told)) {
            try {
                LocalStack stack = LocalStack.start(stackOptions, progress, closing::set);
                up.set(stack);
                progress.done();
                ExitCode code = with(stack, stackOptions.data());
                return (code != null ? code : untilBroken(stack)).number();
            } catch (Exception e) {
                if (end.begun()) {
                    return ExitCode.INTERRUPTED.number(); // What was running was closed under its feet.
                }
                throw e;
            } finally {
                progress.clear();
                stop.close();
            }
        }
    }

    private static ExitCode untilBroken(LocalStack stack) throws InterruptedException {
        try {
            Throwable failure = stack.failure().toCompletableFuture().get();
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "the embedded Kafka broker broke: " + failure.getMessage(), failure);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker's end could not be awaited", e);
        }
    }

    private Path folder() {
        Path chosen = data != null ? data : Path.of(System.getProperty("user.home"), ".tokentape");
        return chosen.toAbsolutePath().normalize();
    }
}
