package dev.tokentape.producer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;

/**
 * The meters a run writes to with every event, looked up once.
 *
 * @param events events of the provider appended
 * @param bytes their encoded bytes
 * @param append from the moment an event's bytes were received to Kafka's acknowledgement
 */
public record RunMeters(Counter events, Counter bytes, Timer append) {}
