package dev.tokentape.standalone.command;

import dev.tokentape.schemas.config.Settings;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.ProcessEnd;
import dev.tokentape.standalone.console.Terminal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Mixin;

/**
 * A command that runs one service until the process is told to end.
 *
 * @param <C> the service's configuration
 */
abstract class ServiceCommand<C> implements Callable<Integer> {

    final Terminal terminal;

    @Mixin
    private SettingOptions options = new SettingOptions();

    ServiceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Reads the configuration; every problem with it is named at once. */
    abstract C configuration(Settings settings);

    /**
     * Starts the service.
     *
     * @param running where to put what has to be closed, in the order of its start
     * @return one line to say that it works, and where
     */
    abstract String start(C configuration, Settings settings, Deque<AutoCloseable> running) throws Exception;

    @Override
    public final Integer call() throws Exception {
        Settings settings = options.settings();
        C configuration = configuration(settings);
        settings.check();
        if (options.printConfig()) {
            SettingOptions.print(settings, terminal);
            return ExitCode.OK.number();
        }
        Deque<AutoCloseable> running = new ArrayDeque<>();
        try (ProcessEnd _ = ProcessEnd.does(() -> closeAll(running))) {
            terminal.note(start(configuration, settings, running));
            new CountDownLatch(1).await();
        } finally {
            closeAll(running);
        }
        return ExitCode.OK.number();
    }

    private static void closeAll(Deque<AutoCloseable> running) throws Exception {
        while (true) {
            AutoCloseable last;
            synchronized (running) {
                last = running.pollLast();
            }
            if (last == null) {
                return;
            }
            last.close();
        }
    }

    /** Notes what was started, to be closed at the end. */
    static <T extends AutoCloseable> T keep(Deque<AutoCloseable> running, T started) {
        synchronized (running) {
            running.addLast(started);
        }
        return started;
    }
}
