package dev.tokentape.gateway.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What streams count, by transport.
 *
 * @param events frames handed to sockets
 * @param bytes of batches, transport framing included
 * @param flushes batches written; events / flushes tells how well bursts coalesce
 * @param turns runs of the write loop
 */
public record StreamMeters(Counter events, Counter bytes, Counter flushes, Counter turns) {

    public static StreamMeters of(MeterRegistry registry, String transport) {
        return new StreamMeters(
                Counter.builder("tokentape.gateway.stream.events")
                        .description("Events handed to sockets")
                        .tag("transport", transport)
                        .register(registry),
                Counter.builder("tokentape.gateway.stream.bytes")
                        .description("Bytes of events handed to sockets")
                        .tag("transport", transport)
                        .baseUnit("bytes")
                        .register(registry),
                Counter.builder("tokentape.gateway.stream.flushes")
                        .description("Batches of events handed to sockets")
                        .tag("transport", transport)
                        .register(registry),
                Counter.builder("tokentape.gateway.stream.turns")
                        .description("Runs of the write loop")
                        .tag("transport", transport)
                        .register(registry));
    }
}
