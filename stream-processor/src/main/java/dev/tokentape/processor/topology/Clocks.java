package dev.tokentape.processor.topology;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The clocks beside the fold. */
public interface Clocks {

    /** Microseconds since 1970 UTC. */
    long wallMicros();

    /** Nanoseconds since an arbitrary moment, never jumping. */
    long nanos();

    Clocks SYSTEM = new Clocks() {
        @Override
        public long wallMicros() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };
}
