package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.client.EventFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long events took on each part of their way, by the wall clock of the one process that does it all.
 *
 * <p>Received: the provider's bytes are in the producer. Published: the processor has released the event. Read: a
 * client of the gateway has the frame. Written by the gateway lies between published and read, so that what is measured
 * is never less than what the gateway adds. Not thread-safe.
 */
final class HopTimes {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIGITS = 3;

    private final Histogram toRelease = new Histogram(DIGITS);
    private final Histogram toClient = new Histogram(DIGITS);
    private final Histogram whole = new Histogram(DIGITS);

    /** Takes one content event; others are not measured. */
    void add(EventFrame frame) {
        if (frame.hasContent()) {
            toRelease.recordValue(Math.max(0, frame.publishedAt() - frame.receivedAt()));
            toClient.recordValue(Math.max(0, frame.readAt() - frame.publishedAt()));
            whole.recordValue(Math.max(0, frame.readAt() - frame.receivedAt()));
        }
    }

    long events() {
        return whole.getTotalCount();
    }

    /** Lines for people, times in milliseconds. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("%-44s %8s %8s %8s %8s".formatted("milliseconds", "p50", "p90", "p99", "max"));
        parts().forEach((name, times) -> lines.add("%-44s %8.2f %8.2f %8.2f %8.2f"
                .formatted(
                        name,
                        times.getValueAtPercentile(50) / 1e3,
                        times.getValueAtPercentile(90) / 1e3,
                        times.getValueAtPercentile(99) / 1e3,
                        times.getMaxValue() / 1e3)));
        return lines;
    }

    /** For machines, times in microseconds. */
    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode().put("events", events());
        parts().forEach((name, times) -> json.putObject(name.replace(' ', '_').replace(",", ""))
                .put("p50_us", times.getValueAtPercentile(50))
                .put("p90_us", times.getValueAtPercentile(90))
                .put("p99_us", times.getValueAtPercentile(99))
                .put("max_us", times.getMaxValue()));
        return json;
    }

    private Map<String, Histogram> parts() {
        Map<String, Histogram> parts = new java.util.LinkedHashMap<>();
        parts.put("received upstream to released", toRelease);
        parts.put("released to read by a client", toClient);
        parts.put("received upstream to read by a client", whole);
        return parts;
    }
}
