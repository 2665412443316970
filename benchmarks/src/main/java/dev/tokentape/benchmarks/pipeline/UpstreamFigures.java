package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of the upstream benchmark.
 *
 * @param seconds how long it was measured
 * @param leastActive fewest streams that ran at the same time meanwhile
 * @param unfinished answers that had not ended when the benchmark gave up waiting
 * @param eventsPerSecond events of providers acknowledged by Kafka
 * @param usage processor time
 * @param heapBytes most that was in use, garbage included
 * @param residentBytes most that the producer's process had in memory
 * @param p50Millis from an event's bytes being received to its acknowledgement by Kafka, for all events from the start
 *     of the time measured to the end of the last answer
 */
public record UpstreamFigures(
        int streams,
        int tokensPerSecond,
        long lingerMillis,
        double seconds,
        long leastActive,
        long unfinished,
        double eventsPerSecond,
        ProcessorTime usage,
        long heapBytes,
        long residentBytes,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double maxMillis)
        implements PipelineReport {

    /** Below this share of the events asked for, the machine was too slow. */
    private static final double ENOUGH = 0.98;

    @Override
    public List<String> lines() {
        return List.of(
                "%d streams at %d tokens/s through one producer, linger %d ms, %.0f s"
                        .formatted(streams, tokensPerSecond, lingerMillis, seconds),
                line("verdict", verdict()),
                line("events acknowledged", "%,.0f / s of %,d".formatted(eventsPerSecond, asked())),
                line("streams at the same time, least", "%,d".formatted(leastActive)),
                line("received to acknowledged, p50", millis(p50Millis)),
                line("received to acknowledged, p99", millis(p99Millis)),
                line("received to acknowledged, p99.9", millis(p999Millis)),
                line("received to acknowledged, max", millis(maxMillis)),
                line("producer heap, most in use", megabytes(heapBytes)),
                line("producer RSS, most", megabytes(residentBytes)),
                line("producer CPU", cpu(usage.producer()) + ", of it compiling " + share(usage.compiling())),
                line("simulator CPU", cpu(usage.simulator())),
                line("broker CPU", cpu(usage.broker())),
                line("others' CPU", share(usage.others())),
                line("load of the machine", "%.1f, %d cores".formatted(load(), cores())));
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "upstream");
        json.put("streams", streams);
        json.put("tokens_per_second", tokensPerSecond);
        json.put("linger_millis", lingerMillis);
        json.put("seconds", seconds);
        json.put("sustained", sustained());
        json.put("least_active", leastActive);
        json.put("unfinished", unfinished);
        json.put("events_per_second", eventsPerSecond);
        json.put("append_p50_millis", p50Millis);
        json.put("append_p99_millis", p99Millis);
        json.put("append_p999_millis", p999Millis);
        json.put("append_max_millis", maxMillis);
        json.put("heap_bytes", heapBytes);
        json.put("resident_bytes", residentBytes);
        json.put("producer_cpu_percent", usage.percent(usage.producer()));
        json.put("producer_cpu_micros_per_event", micros(usage.producer()));
        json.put("producer_compiling_percent", usage.percent(usage.compiling()));
        json.put("simulator_cpu_percent", usage.percent(usage.simulator()));
        json.put("broker_cpu_percent", usage.percent(usage.broker()));
        json.put("others_cpu_percent", usage.percent(usage.others()));
        json.put("cores", cores());
        json.put("load_average", load());
        return json;
    }

    private String verdict() {
        return sustained()
                ? "sustained"
                : "not sustained: this machine, with what else ran on it, carried %.0f %% of the events%s"
                        .formatted(
                                100 * eventsPerSecond / asked(),
                                unfinished == 0 ? "" : "; %,d answers had not ended".formatted(unfinished));
    }

    private boolean sustained() {
        return unfinished == 0 && eventsPerSecond >= ENOUGH * asked();
    }

    private long asked() {
        return (long) streams * tokensPerSecond;
    }

    private double micros(long cpu) {
        return cpu / Math.max(1, eventsPerSecond * seconds);
    }

    private String cpu(long micros) {
        return "%s, %.0f µs an event".formatted(share(micros), micros(micros));
    }

    private String share(long micros) {
        return "%.0f %% of a core".formatted(usage.percent(micros));
    }

    private static String line(String what, String figure) {
        return "  %-32s %s".formatted(what, figure);
    }

    private static String megabytes(long bytes) {
        return "%d MB".formatted(bytes >> 20);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.1f ms", millis);
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
