package dev.tokentape.producer.run;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that lets silent runs say that they are alive. Looks four times an interval, so that a run is never silent
 * for longer than one and a quarter of it; never waits for Kafka: a run whose places are all on their way is skipped.
 */
public final class Heartbeats implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
    private static final int LOOKS_PER_INTERVAL = 4;

    private final ActiveRuns runs;
    private final long intervalNanos;
    private final ScheduledExecutorService scheduler;

    private Heartbeats(ActiveRuns runs, Duration interval) {
        this.runs = runs;
        this.intervalNanos = interval.toNanos();
        this.scheduler = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("tokentape-heartbeats").factory());
    }

    /** @param interval longest silence of a run before it sends a heartbeat */
    public static Heartbeats start(ActiveRuns runs, Duration interval) {
        Heartbeats heartbeats = new Heartbeats(runs, interval);
        long period = Math.max(1, interval.toNanos() / LOOKS_PER_INTERVAL);
        heartbeats.scheduler.scheduleWithFixedDelay(heartbeats::beat, period, period, TimeUnit.NANOSECONDS);
        return heartbeats;
    }

    private void beat() {
        for (Run run : runs.all()) {
            try {
                run.heartbeatIfSilent(intervalNanos);
            } catch (InterruptedException _) {
                // Only close() interrupts this thread.
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                // An exception would end the schedule, and with it every other run's sign of life.
                log.atError().addKeyValue("run", run.runId()).setCause(e).log("a heartbeat failed");
            }
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        scheduler.close();
    }
}
