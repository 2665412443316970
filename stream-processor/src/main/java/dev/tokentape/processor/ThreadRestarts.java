package dev.tokentape.processor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a stream thread dies: another takes its place and begins again from the last commit, unless too
 * many have died lately; then the processor stops, and says so. Thread-safe.
 */
final class ThreadRestarts implements StreamsUncaughtExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ThreadRestarts.class);

    private static final int MOST = 10;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final Deque<Long> deaths = new ArrayDeque<>();
    private final AtomicReference<@Nullable Throwable> last = new AtomicReference<>();

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        last.set(exception);
        long now = System.nanoTime();
        deaths.add(now);
        while (now - deaths.getFirst() > WINDOW.toNanos()) {
            deaths.removeFirst();
        }
        if (exception instanceof Error || deaths.size() > MOST) {
            log.atError()
                    .addKeyValue("deaths", deaths.size())
                    .setCause(exception)
                    .log("a stream thread died, and the processor stops");
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        log.atError()
                .addKeyValue("deaths", deaths.size())
                .setCause(exception)
                .log("a stream thread died, and another takes over");
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Why the last thread died; null if none has. */
    @Nullable
    Throwable lastFailure() {
        return last.get();
    }
}
