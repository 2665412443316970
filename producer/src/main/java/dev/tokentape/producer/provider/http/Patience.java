package dev.tokentape.producer.provider.http;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * How long a call goes on waiting: for its first bytes, between tokens, and for the whole answer. Times are monotonic
 * nanoseconds, given by the caller. Not thread-safe.
 */
final class Patience {

    private static final long LEAST = 1_000_000;

    private final Duration firstByte;
    private final Duration betweenTokens;
    private final Duration wholeAnswer;
    private final boolean pingsCount;
    private final long start;
    private long lastSign;
    private boolean begun;

    /** @param pingsCount whether any bytes are a sign of life, or only those that bring something of the answer */
    Patience(Duration firstByte, Duration betweenTokens, Duration wholeAnswer, boolean pingsCount, long startNanos) {
        this.firstByte = firstByte;
        this.betweenTokens = betweenTokens;
        this.wholeAnswer = wholeAnswer;
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
        long whole = wholeAnswer.toNanos() - (now - start);
        if (whole <= 0) {
            return 0;
        }
        long silence = (begun ? betweenTokens : firstByte).toNanos() - (now - lastSign);
        // A reader that comes late, since the journal was slow, may still find what came in time.
        return Math.min(whole, pingsCount && begun ? betweenTokens.toNanos() : Math.max(LEAST, silence));
    }

    /** Says what took too long, once something has, and which setting of the provider allows more. */
    String lateness(long now, String provider) {
        if (wholeAnswer.toNanos() <= now - start) {
            return "The answer of %s was not whole after %s. Ask for less, or raise provider.%s.max-answer-duration."
                    .formatted(provider, seconds(wholeAnswer), provider);
        }
        return begun
                ? "%s fell silent for %s. Ask again, or raise provider.%s.between-tokens-timeout."
                        .formatted(provider, seconds(betweenTokens), provider)
                : silence(provider, firstByte);
    }

    /** Says that nothing came at all. */
    static String silence(String provider, Duration firstByte) {
        return "%s sent nothing for %s. Ask again, or raise provider.%s.first-byte-timeout."
                .formatted(provider, seconds(firstByte), provider);
    }

    static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
