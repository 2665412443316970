package dev.tokentape.processor.replay;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read partitions back after an assignment, as many as there are processors: it is decoding and
 * folding that takes the time. They end when there is nothing to do. What waits for them is bounded by the partitions
 * of the process.
 */
public final class ReplayThreads implements Executor, AutoCloseable {

    private static final long IDLE_SECONDS = 10;
    private static final long SECONDS_TO_END = 30;

    private final ThreadPoolExecutor threads;

    public ReplayThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        ThreadFactory named =
                Thread.ofPlatform().name("tokentape-replay-", 0).daemon().factory();
        threads = new ThreadPoolExecutor(
                processors, processors, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named);
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable replay) {
        threads.execute(replay);
    }

    /** Gives up what is under way. To be called when no stream thread runs any more. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
