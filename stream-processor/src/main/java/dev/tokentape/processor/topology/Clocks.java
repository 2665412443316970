package dev.tokentape.processor.topology;

import dev.tokentape.schemas.event.Micros;
import java.time.Instant;

/** The clocks beside the fold. */
public interface Clocks {

    /** Microseconds since 1970 UTC. */
    long wallMicros();

    /** Nanoseconds since an arbitrary moment, never jumping. */
    long nanos();

    Clocks SYSTEM = new Clocks() {
        @Override
        public long wallMicros() {
            return Micros.of(Instant.now());
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };
}
