package dev.tokentape.simulator.settings;

import java.util.List;
import java.util.function.Consumer;
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
 * @param strict whether the body is held against the rules of the vendor, who answers 400 to one that breaks them
 */
public record CallSettings(
        int timeToFirstTokenMillis,
        double tokensPerSecond,
        double jitter,
        int minTokens,
        int maxTokens,
        int thinkTokens,
        long seed,
        StopSetting stop,
        int retryAfterSeconds,
        List<Fault> faults,
        @Nullable ChatDialect dialect,
        boolean strict) {

    /** The largest answer, in tokens; bounds the memory of one call. */
    public static final int LONGEST_ANSWER = 1_000_000;

    /** 300 ms to the first of 80 to 240 tokens at 40 a second, a fifth of jitter, nothing wrong. */
    public static final CallSettings DEFAULT =
            new CallSettings(300, 40, 0.2, 80, 240, 0, 1, StopSetting.END, 1, List.of(), null, true);

    public CallSettings {
        faults = List.copyOf(faults);
    }

    public CallSettings withTimeToFirstToken(int millis) {
        return with(draft -> draft.timeToFirstTokenMillis = millis);
    }

    public CallSettings withTokensPerSecond(double rate) {
        return with(draft -> draft.tokensPerSecond = rate);
    }

    public CallSettings withJitter(double fraction) {
        return with(draft -> draft.jitter = fraction);
    }

    public CallSettings withTokens(int min, int max) {
        return with(draft -> {
            draft.minTokens = min;
            draft.maxTokens = max;
        });
    }

    public CallSettings withThinkTokens(int tokens) {
        return with(draft -> draft.thinkTokens = tokens);
    }

    public CallSettings withSeed(long newSeed) {
        return with(draft -> draft.seed = newSeed);
    }

    public CallSettings withStop(StopSetting stop) {
        return with(draft -> draft.stop = stop);
    }

    public CallSettings withRetryAfter(int seconds) {
        return with(draft -> draft.retryAfterSeconds = seconds);
    }

    public CallSettings withFaults(List<Fault> newFaults) {
        return with(draft -> draft.faults = newFaults);
    }

    public CallSettings withDialect(ChatDialect newDialect) {
        return with(draft -> draft.dialect = newDialect);
    }

    public CallSettings withStrict(boolean whether) {
        return with(draft -> draft.strict = whether);
    }

    private CallSettings with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** A copy that can still be changed. */
    private static final class Draft {
        private int timeToFirstTokenMillis;
        private double tokensPerSecond;
        private double jitter;
        private int minTokens;
        private int maxTokens;
        private int thinkTokens;
        private long seed;
        private StopSetting stop;
        private int retryAfterSeconds;
        private List<Fault> faults;
        private @Nullable ChatDialect dialect;
        private boolean strict;

        Draft(CallSettings from) {
            timeToFirstTokenMillis = from.timeToFirstTokenMillis;
            tokensPerSecond = from.tokensPerSecond;
            jitter = from.jitter;
            minTokens = from.minTokens;
            maxTokens = from.maxTokens;
            thinkTokens = from.thinkTokens;
            seed = from.seed;
            stop = from.stop;
            retryAfterSeconds = from.retryAfterSeconds;
            faults = from.faults;
            dialect = from.dialect;
            strict = from.strict;
        }

        CallSettings settings() {
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
                    dialect,
                    strict);
        }
    }
}
