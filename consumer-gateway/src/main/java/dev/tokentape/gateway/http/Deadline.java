package dev.tokentape.gateway.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one time that runs for a connection, if any. Belongs to the connection's event loop. */
final class Deadline {

    private final Consumer<Duration> onMissed;
    private @Nullable Future<?> running;

    /** @param onMissed told the time that has run out */
    Deadline(Consumer<Duration> onMissed) {
        this.onMissed = onMissed;
    }

    /** Begins anew with this time. */
    void start(EventExecutor loop, Duration time) {
        stop();
        running = loop.schedule(() -> onMissed.accept(time), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void stop() {
        if (running != null) {
            running.cancel(false);
            running = null;
        }
    }
}
