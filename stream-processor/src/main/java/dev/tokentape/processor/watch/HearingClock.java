package dev.tokentape.processor.watch;

import java.time.Duration;

/**
 * A clock that runs only while the journal is heard. A run is silent when it says nothing although it would be heard:
 * while the broker is away, or this process stands still, nobody is, and no run may be taken for lost for that.
 *
 * <p>Where nothing has come for a while the watch writes a record of its own and says so here ({@link #asked}). Until
 * some record comes the clock then stands. Between two looks it goes on by a step at most, however late the second look
 * is. Not thread-safe.
 */
final class HearingClock {

    private static final long NEVER = Long.MIN_VALUE;

    private final long stepNanos;
    private long lastLook = NEVER;
    private long askedAt = NEVER;
    private long time;

    /** @param step by how much one look may move the clock on, and for how long an asked record may be on its way */
    HearingClock(Duration step) {
        this.stepNanos = step.toNanos();
    }

    /**
     * Looks at it.
     *
     * @param nanos monotonic
     * @return nanoseconds for which the journal has been heard
     */
    long look(long nanos) {
        boolean deaf = askedAt != NEVER && nanos - askedAt > stepNanos;
        if (lastLook != NEVER && !deaf) {
            time += Math.min(stepNanos, nanos - lastLook);
        }
        lastLook = nanos;
        return time;
    }

    /** Whether a record should be written, to see whether it comes. @param silence nanoseconds of this clock */
    boolean shouldAsk(long silence) {
        return askedAt == NEVER && silence >= stepNanos;
    }

    /** A record is on its way into the journal. */
    void asked(long nanos) {
        askedAt = nanos;
    }

    /** A record came from the journal. */
    void heard() {
        askedAt = NEVER;
    }
}
