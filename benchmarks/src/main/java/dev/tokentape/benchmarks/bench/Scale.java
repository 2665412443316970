package dev.tokentape.benchmarks.bench;

import java.time.Duration;

/**
 * How large a measurement is.
 *
 * @param warmUp before each measurement, at least; up to {@value #LONGEST} times as long, until the code is compiled
 * @param length of each measurement at a pace
 * @param factor 1 for the figures as published; less for a quick look, of readers, connections and events alike
 */
public record Scale(Duration warmUp, Duration length, double factor) {

    public static final Scale FULL = new Scale(Duration.ofSeconds(10), Duration.ofSeconds(15), 1);

    private static final int LONGEST = 6;

    Duration longestWarmUp() {
        return warmUp.multipliedBy(LONGEST);
    }

    int of(int full) {
        return (int) Math.max(1, full * factor);
    }
}
