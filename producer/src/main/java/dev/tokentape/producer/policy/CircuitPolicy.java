package dev.tokentape.producer.policy;

import java.time.Duration;

/**
 * When a circuit opens, and for how long.
 *
 * @param failurePercent share of failures in the window at which it opens; 0 never
 * @param minimumCalls fewer calls in the window say nothing
 * @param window how far back calls count
 * @param openTime how long nothing is called before one call tries again
 */
public record CircuitPolicy(int failurePercent, int minimumCalls, Duration window, Duration openTime) {

    public static final CircuitPolicy DEFAULT =
            new CircuitPolicy(50, 10, Duration.ofSeconds(30), Duration.ofSeconds(15));
}
