package dev.tokentape.standalone.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/**
 * The outcome of the upstream benchmark.
 *
 * @param seconds how long it was measured
 * @param eventsPerSecond events of providers acknowledged by Kafka
 * @param cpuPercent of one core, by the producer's process
 * @param cpuMicrosPerEvent of the same
 * @param heapBytes most that was in use, garbage included
 * @param residentBytes most that the producer's process had in memory
 * @param p50Millis from an event's bytes being received to its acknowledgement by Kafka, for all events of all answers
 * @param events all of them
 * @param simulatorCpuPercent of one core, by the simulator's process
 */
public record UpstreamFigures(
        int streams,
        int tokensPerSecond,
        double seconds,
        double eventsPerSecond,
        double cpuPercent,
        double cpuMicrosPerEvent,
        long heapBytes,
        long residentBytes,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double maxMillis,
        long events,
        double simulatorCpuPercent) {

    public List<String> lines() {
        return List.of(
                "%d streams at %d tokens/s through one producer, %.0f s".formatted(streams, tokensPerSecond, seconds),
                line("events acknowledged", "%,.0f / s".formatted(eventsPerSecond)),
                line("producer CPU", "%.0f %% of a core, %.0f µs an event".formatted(cpuPercent, cpuMicrosPerEvent)),
                line("producer heap, most in use", megabytes(heapBytes)),
                line("producer RSS, most", megabytes(residentBytes)),
                line("received to acknowledged, p50", millis(p50Millis)),
                line("received to acknowledged, p99", millis(p99Millis)),
                line("received to acknowledged, p99.9", millis(p999Millis)),
                line("received to acknowledged, max", millis(maxMillis)),
                line("simulator CPU", "%.0f %% of a core".formatted(simulatorCpuPercent)),
                line("load of the machine", "%.1f, %d cores".formatted(load(), cores())));
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "upstream");
        json.put("streams", streams);
        json.put("tokens_per_second", tokensPerSecond);
        json.put("seconds", seconds);
        json.put("events", events);
        json.put("events_per_second", eventsPerSecond);
        json.put("cpu_percent", cpuPercent);
        json.put("cpu_micros_per_event", cpuMicrosPerEvent);
        json.put("heap_bytes", heapBytes);
        json.put("resident_bytes", residentBytes);
        json.put("append_p50_millis", p50Millis);
        json.put("append_p99_millis", p99Millis);
        json.put("append_p999_millis", p999Millis);
        json.put("append_max_millis", maxMillis);
        json.put("simulator_cpu_percent", simulatorCpuPercent);
        json.put("cores", cores());
        json.put("load_average", load());
        return json;
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
