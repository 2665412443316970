package dev.tokentape.cli.command;

import dev.tokentape.cli.cluster.Cluster;
import dev.tokentape.cli.cluster.Registry;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.ProcessEnd;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.cli.settings.Service;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Mixin;

/**
 * A command that runs one service until the process is told to end.
 *
 * @param <C> the service's configuration
 */
public abstract class ServiceCommand<C> implements Callable<Integer>, HasSettings {

    protected final Terminal terminal;
    private final Service service;
    private final boolean needsKafka;

    @Mixin
    protected final SettingOptions options = new SettingOptions();

    protected ServiceCommand(Terminal terminal, Service service, boolean needsKafka) {
        this.terminal = terminal;
        this.service = service;
        this.needsKafka = needsKafka;
    }

    /** Reads the configuration; every problem with it is named at once. */
    protected abstract C configuration(Settings settings);

    /** Turns options of its own into settings. */
    protected void asSettings() {}

    /**
     * Starts the service.
     *
     * @param running where to put what has to be closed, in the order of its start
     * @return one line to say that it works, and where
     */
    protected abstract String start(C configuration, CloseStack running) throws Exception;

    /** What stopping waits for, in a few words; empty for nothing. */
    protected String unfinished() {
        return "";
    }

    @Override
    public final List<Service> readers() {
        return List.of(service);
    }

    @Override
    public final Integer call() throws Exception {
        asSettings();
        Settings settings = options.settings(readers(), terminal);
        C configuration = configuration(settings);
        settings.check();
        if (options.printConfig()) {
            SettingOptions.print(settings, terminal);
            return ExitCode.OK.number();
        }
        if (needsKafka) {
            Logging.quietNetwork();
            configuration = fitting(settings);
        }
        return run(configuration);
    }

    /** With the partition count that the topics have, unless another was asked for. */
    private C fitting(Settings settings) throws InterruptedException {
        try (Cluster cluster = Cluster.await(KafkaSettings.from(settings), terminal::note)) {
            int partitions = cluster.catalogue(settings).partitions();
            options.put(Cluster.PARTITIONS, Integer.toString(partitions));
            Registry.await(settings, terminal::note);
            return configuration(options.settings());
        }
    }

    private Integer run(C configuration) throws Exception {
        CloseStack running = new CloseStack();
        try (ProcessEnd end = ProcessEnd.does(() -> stop(running))) {
            try {
                terminal.note(start(configuration, running));
                Logging.usualNetwork();
                new CountDownLatch(1).await();
            } catch (Exception e) {
                if (end.begun()) {
                    return ExitCode.INTERRUPTED.number(); // What was starting was closed under its feet.
                }
                throw e;
            } finally {
                running.close();
            }
        }
        return ExitCode.OK.number();
    }

    private void stop(CloseStack running) {
        String unfinished = unfinished();
        terminal.note("stopping" + (unfinished.isEmpty() ? " …" : ": " + unfinished));
        running.close();
        terminal.note("stopped");
    }
}
