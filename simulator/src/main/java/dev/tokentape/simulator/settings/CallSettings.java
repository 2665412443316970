package dev.tokentape.simulator.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one call is to be answered.
 *
 * @param timeToFirstTokenMillis from the response head to the first token
 * @param tokensPerSecond the pace; 0 means as fast as the reader reads
 * @param jitter how far each gap between tokens may differ from the even pace, as a fraction from 0 to 1
 * @param minTokens the shortest text, in tokens
 * @param maxTokens the longest text, in tokens; what the request allows may cut it
 * @param thinkTokens tokens of thinking before the text; 0 leaves it to the request
 * @param seed what the text is drawn from, together with the prompt
 * @param stop how the answer stops
 * @param retryAfterSeconds sent with the HTTP errors 429, 503 and 529; negative sends none
 * @param faults what goes wrong
 * @param dialect whose variation of Chat Completions to speak; null leaves it to the path
 */
public record CallSettings(
        int timeToFirstTokenMillis,
        double tokensPerSecond,
        double jitter,
        int minTokens,
        int maxTokens,
        int thinkTokens,
        long seed,
        StopWish stop,
        int retryAfterSeconds,
        List<Fault> faults,
        @Nullable ChatDialect dialect) {

    /** The largest answer, in tokens; bounds the memory of one call. */
    public static final int LONGEST_ANSWER = 1_000_000;

    /** 300 ms to the first of 80 to 240 tokens at 40 a second, a fifth of jitter, nothing wrong. */
    public static final CallSettings DEFAULT =
            new CallSettings(300, 40, 0.2, 80, 240, 0, 1, StopWish.END, 1, List.of(), null);

    public CallSettings {
        faults = List.copyOf(faults);
    }

    public CallSettings withTimeToFirstToken(int millis) {
        return new CallSettings(
                millis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withTokensPerSecond(double rate) {
        return new CallSettings(
                timeToFirstTokenMillis,
                rate,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withJitter(double fraction) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                fraction,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withTokens(int min, int max) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                min,
                max,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withThinkTokens(int tokens) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                tokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withSeed(long newSeed) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                newSeed,
                stop,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withStop(StopWish wish) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                wish,
                retryAfterSeconds,
                faults,
                dialect);
    }

    public CallSettings withRetryAfter(int seconds) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                seconds,
                faults,
                dialect);
    }

    public CallSettings withFaults(List<Fault> newFaults) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                newFaults,
                dialect);
    }

    public CallSettings withDialect(ChatDialect newDialect) {
        return new CallSettings(
                timeToFirstTokenMillis,
                tokensPerSecond,
                jitter,
                minTokens,
                maxTokens,
                thinkTokens,
                seed,
                stop,
                retryAfterSeconds,
                faults,
                newDialect);
    }
}
