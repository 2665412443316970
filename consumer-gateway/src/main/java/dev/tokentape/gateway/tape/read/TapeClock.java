package dev.tokentape.gateway.tape.read;

import java.util.function.LongSupplier;

/**
 * The time by which a tape goes.
 *
 * @param nanos monotonic
 * @param millis since 1970, to be held against Kafka's timestamps
 */
public record TapeClock(LongSupplier nanos, LongSupplier millis) {

    public static final TapeClock SYSTEM = new TapeClock(System::nanoTime, System::currentTimeMillis);
}
