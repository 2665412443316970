package dev.tokentape.benchmarks.bench;

import java.time.Duration;

/**
 * How large a measurement is.
 *
 * @param warmUp before each measurement, so that the code is compiled
 * @param length of each measurement at a pace
 * @param factor 1 for the figures as published; less for a quick look, of readers, connections and events alike
 */
public record Scale(Duration warmUp, Duration length, double factor) {

    public static final Scale FULL = new Scale(Duration.ofSeconds(10), Duration.ofSeconds(20), 1);

    int of(int full) {
        return (int) Math.max(1, full * factor);
    }
}
