package dev.tokentape.gateway.tape.metrics;

import dev.tokentape.gateway.tape.frame.GapReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures of the tape, all named {@code tokentape.gateway.tape.…}. */
public final class TapeMetrics {

    private static final String PREFIX = "tokentape.gateway.tape.";

    private final MeterRegistry meters;
    private final Counter evictions;
    private final Counter appended;
    private final Counter undecodable;
    private final Counter scans;
    private final Counter snapshots;
    private final Counter scanFailures;
    private final Counter scannedRecords;
    private final Counter scannedEvents;
    private final Timer delay;
    private final Map<GapReason, Counter> gaps = new EnumMap<>(GapReason.class);

    public TapeMetrics(MeterRegistry meters) {
        this.meters = meters;
        evictions = counter("evictions", "Chunks of segments evicted for the budget or the resume window");
        appended = counter("events", "Events appended to segments");
        undecodable = counter("undecodable", "Records of llm.tokens skipped because nobody understood them");
        scans = counter("scans", "Catch-up passes over a partition");
        snapshots = counter("snapshots", "Readers that were given the assembled state instead of its events");
        scanFailures = counter("scan.failures", "Catch-up passes that Kafka did not let finish");
        scannedRecords = counter("scan.records", "Records read by catch-up passes");
        scannedEvents = counter("scan.events", "Events that catch-up passes found for their readers");
        delay = Timer.builder(PREFIX + "delay")
                .description("From the event's bytes received upstream to its being in the segment")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(meters);
        for (GapReason reason : GapReason.values()) {
            gaps.put(
                    reason,
                    Counter.builder(PREFIX + "gaps")
                            .description("Readers told that events are missing for them")
                            .tag("reason", reason.word())
                            .register(meters));
        }
    }

    /** Shows how many conversations have a segment, and what all segments hold; without keeping their owner alive. */
    public <T> void watch(T owner, ToDoubleFunction<T> segments, ToDoubleFunction<T> bytes) {
        Gauge.builder(PREFIX + "segments", owner, segments)
                .description("Conversations with a segment")
                .register(meters);
        Gauge.builder(PREFIX + "bytes", owner, bytes)
                .description("Bytes held by all segments")
                .baseUnit("bytes")
                .register(meters);
    }

    public void evicted() {
        evictions.increment();
    }

    public void appended(int events) {
        appended.increment(events);
    }

    public void undecodable() {
        undecodable.increment();
    }

    public void snapshot() {
        snapshots.increment();
    }

    public void scanned() {
        scans.increment();
    }

    public void scanFailed() {
        scanFailures.increment();
    }

    public void scannedRecords(int records) {
        scannedRecords.increment(records);
    }

    public void scannedEvents(int events) {
        scannedEvents.increment(events);
    }

    public void gap(GapReason reason) {
        Counter counter = gaps.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    public void delay(long micros) {
        delay.record(Math.max(0, micros), TimeUnit.MICROSECONDS);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(PREFIX + name).description(description).register(meters);
    }
}
