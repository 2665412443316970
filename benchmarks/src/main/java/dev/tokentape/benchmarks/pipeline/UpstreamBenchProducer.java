package dev.tokentape.benchmarks.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.Gauge;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The process of the producer that is measured: takes its settings as {@code key=value} arguments, says {@code ready},
 * answers every line with its figures as JSON, and ends when its input does.
 */
final class UpstreamBenchProducer {

    /** The order for figures without times. */
    static final String NOW = "now";
    /** The order for figures and the times since the last such order. */
    static final String TIMES = "times";

    private final ObjectMapper json = new ObjectMapper();
    private final AppendTimes meters = new AppendTimes(UpstreamBench.MEASURED);

    private UpstreamBenchProducer() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            settings.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        new UpstreamBenchProducer().serve(Settings.of(settings));
    }

    private void serve(Settings settings) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (TokenProducer _ = TokenProducer.start(ProducerConfig.from(settings), meters)) {
            System.out.println("ready");
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.println(json.writeValueAsString(figures(order.equals(TIMES))));
            }
        }
    }

    private ObjectNode figures(boolean times) {
        ObjectNode figures = json.createObjectNode();
        Runtime runtime = Runtime.getRuntime();
        figures.put("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        Gauge active = meters.find("tokentape.producer.runs.active").gauge();
        figures.put("active", active == null ? 0 : (long) active.value());
        figures.put("completed", runs("completed"));
        figures.put("failed", runs("failed") + runs("broken"));
        figures.put("events", meters.events());
        if (times) {
            Histogram micros = meters.sinceLast();
            figures.put("append_p50_millis", micros.getValueAtPercentile(50) / 1e3);
            figures.put("append_p99_millis", micros.getValueAtPercentile(99) / 1e3);
            figures.put("append_p999_millis", micros.getValueAtPercentile(99.9) / 1e3);
            figures.put("append_max_millis", micros.getMaxValue() / 1e3);
        }
        return figures;
    }

    private long runs(String outcome) {
        return meters.find("tokentape.producer.runs").tag("outcome", outcome).counters().stream()
                .mapToLong(counter -> (long) counter.count())
                .sum();
    }
}
