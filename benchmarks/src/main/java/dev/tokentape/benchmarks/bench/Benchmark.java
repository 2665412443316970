package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.BenchException;
import java.util.function.Function;

/** What can be measured of a gateway, each on a broker and processes of its own. */
public enum Benchmark {
    FANOUT(
            "Processor time of the gateway for each event delivered: many conversations with 1 to 5 "
                    + "readers, one with 5,000.",
            FanOut::run),
    LATENCY(
            "From the append to llm.tokens until a client has read the event, at 10,000 deliveries a second.",
            Latency::run),
    RESUME("Events a second when a reader catches up from Kafka.", Resume::run),
    STORM("A gateway crashes, and 5,000 readers come back to another at once.", Storm::run),
    IDLE("Heap and resident memory of a connection that waits, at 10,000 connections.", Idle::run);

    private final String description;
    private final Function<Scale, Figures> measurement;

    Benchmark(String description, Function<Scale, Figures> measurement) {
        this.description = description;
        this.measurement = measurement;
    }

    /** What it measures, in a sentence. */
    public String description() {
        return description;
    }

    /**
     * Measures; takes a minute or two.
     *
     * @throws BenchException if something did not come to its end, so that figures would mean nothing
     */
    public Figures run(Scale scale) {
        return measurement.apply(scale);
    }
}
