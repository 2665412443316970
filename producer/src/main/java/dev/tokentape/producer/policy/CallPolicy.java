package dev.tokentape.producer.policy;

import dev.tokentape.schemas.config.Settings;
import java.time.Duration;

/**
 * How calls of one provider are made: how many, how often, and what follows a failure. Settings
 * {@code provider.NAME.…}.
 *
 * @param maxRuns most calls at a time in this process; 0 for no limit but the process's own
 * @param maxWaiting most runs that wait for this provider's places and budgets; those beyond fail at once
 * @param maxWait longest such wait
 * @param requestsPerMinute budget of this process; 0 for none
 * @param tokensPerMinute budget of this process, input and output; 0 for none
 * @param retry when a failed call is made again
 * @param circuit when no more calls are made for a while
 */
public record CallPolicy(
        int maxRuns,
        int maxWaiting,
        Duration maxWait,
        int requestsPerMinute,
        int tokensPerMinute,
        RetryPolicy retry,
        CircuitPolicy circuit) {

    /** No limits; retries and circuits as by default. */
    public static final CallPolicy DEFAULT =
            new CallPolicy(0, 100, Duration.ofSeconds(30), 0, 0, RetryPolicy.DEFAULT, CircuitPolicy.DEFAULT);

    private static final Duration LONGEST = Duration.ofHours(1);

    /** @param prefix of the keys, e.g. {@code provider.openai.}; what is wrong is noted in the settings */
    public static CallPolicy from(Settings settings, String prefix) {
        RetryPolicy retry = DEFAULT.retry;
        CircuitPolicy circuit = DEFAULT.circuit;
        return new CallPolicy(
                settings.integer(prefix + "max-runs", DEFAULT.maxRuns, 0, 100_000),
                settings.integer(prefix + "max-waiting", DEFAULT.maxWaiting, 0, 100_000),
                duration(settings, prefix + "max-wait", DEFAULT.maxWait),
                settings.integer(prefix + "requests-per-minute", 0, 0, Integer.MAX_VALUE),
                settings.integer(prefix + "tokens-per-minute", 0, 0, Integer.MAX_VALUE),
                new RetryPolicy(
                        settings.integer(prefix + "max-tries", retry.maxTries(), 1, 20),
                        duration(settings, prefix + "retry-base-delay", retry.baseDelay()),
                        duration(settings, prefix + "retry-max-delay", retry.maxDelay()),
                        duration(settings, prefix + "retry-max-time", retry.maxTime())),
                new CircuitPolicy(
                        settings.integer(prefix + "circuit-failure-percent", circuit.failurePercent(), 0, 100),
                        settings.integer(prefix + "circuit-minimum-calls", circuit.minimumCalls(), 1, 100_000),
                        duration(settings, prefix + "circuit-window", circuit.window()),
                        duration(settings, prefix + "circuit-open-time", circuit.openTime())));
    }

    private static Duration duration(Settings settings, String key, Duration defaultValue) {
        Duration value = settings.duration(key, defaultValue);
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            settings.problem("%s (%s) is %s: expected 0 to 1h".formatted(key, Settings.variableOf(key), value));
            return defaultValue;
        }
        return value;
    }
}
