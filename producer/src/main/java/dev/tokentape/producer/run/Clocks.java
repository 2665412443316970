package dev.tokentape.producer.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The two clocks of the producer.
 *
 * @param wallMicros wall clock, microseconds since 1970 UTC
 * @param nanos monotonic, in nanoseconds from any start
 */
public record Clocks(LongSupplier wallMicros, LongSupplier nanos) {

    public static Clocks system() {
        return new Clocks(() -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), System::nanoTime);
    }
}
