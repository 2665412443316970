package dev.tokentape.producer.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a call that failed before its first output is made again: a bounded number of times, within a bounded time,
 * after an exponential backoff with full jitter, or when the provider says. Pure: knows no clock and draws no lots.
 *
 * @param maxTries most calls for one answer at one provider, the first among them
 * @param baseDelay longest wait before the second try; doubles with each
 * @param maxDelay longest wait of our own choice; a provider's wish may be longer
 * @param maxTime longest time from the first try's start to the last try's start
 */
public record RetryPolicy(int maxTries, Duration baseDelay, Duration maxDelay, Duration maxTime) {

    public static final RetryPolicy DEFAULT =
            new RetryPolicy(3, Duration.ofMillis(500), Duration.ofSeconds(8), Duration.ofSeconds(60));

    /** What to do after a failure. */
    public sealed interface Decision {

        record Again(Duration after) implements Decision {}

        /** @param because a sentence for people; empty where the failure speaks for itself */
        record GiveUp(String because) implements Decision {}
    }

    /**
     * @param tries calls made so far, at least 1
     * @param elapsed since the first of them began
     * @param retryable whether the failure is one that passes
     * @param asked how long the provider asks to wait; null where it does not
     * @param lot a random number from 0 to 1
     */
    public Decision after(int tries, Duration elapsed, boolean retryable, @Nullable Duration asked, double lot) {
        if (!retryable || maxTries == 1) {
            return new Decision.GiveUp("");
        }
        if (tries >= maxTries) {
            return new Decision.GiveUp("Tried %d times.".formatted(tries));
        }
        Duration wait = asked == null ? part(ceiling(tries), lot) : asked.plus(part(baseDelay, lot));
        if (elapsed.plus(wait).compareTo(maxTime) <= 0) {
            return new Decision.Again(wait);
        }
        return new Decision.GiveUp(
                asked == null
                        ? "Tried %d times in %d s.".formatted(tries, elapsed.toSeconds())
                        : "It asks to wait %d s, longer than the %d s that tries may take in all."
                                .formatted(roundedUp(asked), maxTime.toSeconds()));
    }

    private Duration ceiling(int tries) {
        Duration doubled = baseDelay;
        for (int i = 1; i < tries && doubled.compareTo(maxDelay) < 0; i++) {
            doubled = doubled.multipliedBy(2);
        }
        return doubled.compareTo(maxDelay) < 0 ? doubled : maxDelay;
    }

    private static Duration part(Duration whole, double lot) {
        return Duration.ofNanos((long) (whole.toNanos() * lot));
    }

    private static long roundedUp(Duration duration) {
        return duration.plusMillis(999).toSeconds();
    }
}
