package dev.tokentape.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.config.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The process of the producer that is measured: takes its settings as {@code key=value} arguments, says {@code ready},
 * answers every line with its figures as JSON, and ends when its input does.
 */
final class UpstreamBenchProducer {

    private static final double[] PERCENTILES = {0.5, 0.99, 0.999};

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private UpstreamBenchProducer() {
        meters.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return DistributionStatisticConfig.builder()
                        .percentiles(PERCENTILES)
                        .expiry(Duration.ofHours(1))
                        .build()
                        .merge(config);
            }
        });
    }

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
            ObjectMapper json = new ObjectMapper();
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.println(json.writeValueAsString(figures(order)));
            }
        }
    }

    /** @param provider whose times are told */
    private ObjectNode figures(String provider) throws IOException {
        ObjectNode figures = new ObjectMapper().createObjectNode();
        Runtime runtime = Runtime.getRuntime();
        figures.put("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        figures.put("heap_committed_bytes", runtime.totalMemory());
        figures.put("resident_bytes", residentBytes());
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        figures.put("cpu_nanos", system.getProcessCpuTime());
        Gauge active = meters.find("tokentape.producer.runs.active").gauge();
        figures.put("active", active == null ? 0 : (long) active.value());
        figures.put("completed", count("tokentape.producer.runs", "completed"));
        figures.put("failed", count("tokentape.producer.runs", "failed"));
        Timer append = meters.find("tokentape.producer.append")
                .tag("provider", provider)
                .timer();
        if (append != null) {
            HistogramSnapshot snapshot = append.takeSnapshot();
            figures.put("events", snapshot.count());
            for (ValueAtPercentile value : snapshot.percentileValues()) {
                figures.put(
                        "append_p%s_millis"
                                .formatted(
                                        String.valueOf(value.percentile() * 100).replaceAll("\\.0$", "")),
                        value.value(TimeUnit.MILLISECONDS));
            }
            figures.put("append_max_millis", snapshot.max(TimeUnit.MILLISECONDS));
        }
        return figures;
    }

    private long count(String name, String outcome) {
        return meters.find(name).tag("outcome", outcome).counters().stream()
                .mapToLong(counter -> (long) counter.count())
                .sum();
    }

    /** Of this process; 0 where the system does not tell. */
    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }
}
