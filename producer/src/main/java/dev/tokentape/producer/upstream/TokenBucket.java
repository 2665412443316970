package dev.tokentape.producer.upstream;

import java.util.OptionalLong;

/**
 * A budget per minute that fills evenly and holds a minute's worth at most. What is taken beyond it is a debt that the
 * taker waits for, in the order of taking. Times are monotonic nanoseconds, given by the caller. Not thread-safe.
 */
final class TokenBucket {

    private static final double MINUTE = 60e9;

    private final double perMinute;
    private double level;
    private long at;

    TokenBucket(long perMinute, long now) {
        this.perMinute = perMinute;
        this.level = perMinute;
        this.at = now;
    }

    /**
     * Takes so much, at most a minute's worth.
     *
     * @return how long to wait before using it, in nanoseconds; empty if that were longer than allowed, and nothing was
     *     taken
     */
    OptionalLong take(long amount, long now, long longestNanos) {
        fill(now);
        double after = level - Math.min(amount, perMinute);
        long wait = after >= 0 ? 0 : (long) Math.ceil(-after / perMinute * MINUTE);
        if (wait > longestNanos) {
            return OptionalLong.empty();
        }
        level = after;
        return OptionalLong.of(wait);
    }

    /** Gives back what was not used; where the amount is negative, takes more, at most a minute's worth. */
    void giveBack(long amount, long now) {
        fill(now);
        level = Math.min(perMinute, level + Math.max(amount, -perMinute));
    }

    private void fill(long now) {
        level = Math.min(perMinute, level + (now - at) / MINUTE * perMinute);
        at = now;
    }
}
