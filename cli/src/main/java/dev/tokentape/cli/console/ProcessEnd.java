package dev.tokentape.cli.console;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to happen should the process be told to end, by Ctrl-C or SIGTERM, while something runs; to be closed when
 * that has ended by itself.
 */
public final class ProcessEnd implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ProcessEnd.class);

    private final Thread hook;
    private final AtomicBoolean begun;

    private ProcessEnd(Thread hook, AtomicBoolean begun) {
        this.hook = hook;
        this.begun = begun;
    }

    /** Does this if the process is told to end from now on. */
    public static ProcessEnd does(AutoCloseable action) {
        AtomicBoolean begun = new AtomicBoolean();
        Thread hook = Thread.ofPlatform().name("process-end").unstarted(() -> {
            begun.set(true);
            try {
                action.close();
            } catch (Exception e) {
                log.warn("ending was not clean", e);
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return new ProcessEnd(hook, begun);
    }

    /** Whether the process has been told to end. */
    public boolean begun() {
        return begun.get();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("the process is already ending");
        }
    }
}
