package dev.tokentape.gateway.auth;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The watch over a grant that somebody uses for longer than a request: warns before its end, then ends. On one event
 * loop.
 */
public final class Expiry {

    private final List<Future<?>> timers = new ArrayList<>(2);

    /**
     * Watches from now on.
     *
     * @param warning how long before the end {@code warn} is run, at once if the end is nearer
     * @param end run at the grant's end
     */
    public Expiry(EventExecutor loop, Grant grant, Duration warning, Runnable warn, Runnable end) {
        Instant expiresAt = grant.expiresAt();
        if (expiresAt == null) {
            return;
        }
        Duration left = Duration.between(Instant.now(), expiresAt);
        timers.add(loop.schedule(warn, Math.max(0, left.minus(warning).toMillis()), TimeUnit.MILLISECONDS));
        timers.add(loop.schedule(end, Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS));
    }

    public void cancel() {
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
    }
}
