package dev.tokentape.producer.provider;

import java.time.Duration;

/**
 * How long a call goes on waiting: for its first bytes, between tokens, and for the whole answer. Times are monotonic
 * nanoseconds, given by the caller. Not thread-safe.
 */
final class Patience {

    private static final long LEAST = 1_000_000;

    private final long firstByteNanos;
    private final long betweenTokensNanos;
    private final long wholeNanos;
    private final boolean pingsCount;
    private final long start;
    private long lastSign;
    private boolean begun;

    /** @param pingsCount whether any bytes are a sign of life, or only those that bring something of the answer */
    Patience(Duration firstByte, Duration betweenTokens, Duration wholeAnswer, boolean pingsCount, long startNanos) {
        this.firstByteNanos = firstByte.toNanos();
        this.betweenTokensNanos = betweenTokens.toNanos();
        this.wholeNanos = wholeAnswer.toNanos();
        this.pingsCount = pingsCount;
        this.start = startNanos;
        this.lastSign = startNanos;
    }

    /** Bytes came. */
    void bytes(long now) {
        if (pingsCount) {
            begun = true;
            lastSign = now;
        }
    }

    /** Something of the answer came. */
    void output(long now) {
        begun = true;
        lastSign = now;
    }

    /** How long to wait for the next bytes, in nanoseconds; 0 if the answer takes too long already. */
    long left(long now) {
        long whole = wholeNanos - (now - start);
        if (whole <= 0) {
            return 0;
        }
        long silence = (begun ? betweenTokensNanos : firstByteNanos) - (now - lastSign);
        // A reader that comes late, since the journal was slow, may still find what came in time.
        return Math.min(whole, pingsCount && begun ? betweenTokensNanos : Math.max(LEAST, silence));
    }
}
