package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.LoadReport;
import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.time.Duration;
import java.util.Map;

/** A gateway crashes, and all its readers come back to another at once, each with its cursor, while answers went on. */
final class Storm {

    private static final int PARTITIONS = 4;
    private static final int CONVERSATIONS = 1_000;
    private static final int READERS_EACH = 5;
    private static final int BEFORE = 20;
    private static final int AFTER = 50;
    private static final int AT_ONCE = 500;
    private static final int MOST_TRIES = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Storm() {}

    static Figures run(Scale scale) {
        Figures figures = new Figures("storm");
        run(scale, figures, "from segments", Wire.PLAIN, Map.of());
        run(scale, figures, "from Kafka", Wire.PLAIN, Map.of("gateway.segment-bytes", "1048576"));
        run(scale, figures, Wire.TLS.row("from segments"), Wire.TLS, Map.of());
        return figures;
    }

    private static void run(Scale scale, Figures figures, String where, Wire wire, Map<String, String> settings) {
        try (Rig rig = Rig.start(PARTITIONS);
                Generator generator = Generator.start()) {
            Audience audience = Audience.of("storm", scale.of(CONVERSATIONS), READERS_EACH);
            try (GatewayProcess first = rig.gateway(wire, settings)) {
                audience.open(generator, first, null, AT_ONCE);
                write(rig, audience, BEFORE);
                await(generator, (long) BEFORE * audience.size());
                first.kill();
            }
            write(rig, audience, AFTER);
            long started = System.nanoTime();
            try (GatewayProcess second = rig.gateway(wire, settings)) {
                long ready = System.nanoTime();
                generator.order(new Order.Reset());
                long passes = passes(second);
                long cpu = second.cost().cpuMicros();
                long begun = System.nanoTime();
                LoadReport resumed = generator.order(new Order.Resume(second.port(), second.tls()));
                // A client that is refused in the crush tries again, as a browser would.
                for (int tries = 1; resumed.opened() < audience.size() && tries < MOST_TRIES; tries++) {
                    resumed = generator.order(new Order.Resume(second.port(), second.tls()));
                }
                long opened = System.nanoTime();
                long expected = (long) AFTER * audience.size();
                LoadReport report = await(generator, expected);
                long done = System.nanoTime();
                figures.row("%,d readers resume %s".formatted(audience.size(), where))
                        .put("gateway ready after ms", (ready - started) / 1_000_000)
                        .put("all streams begun ms", (opened - begun) / 1_000_000)
                        .put("all caught up ms", (done - begun) / 1_000_000)
                        .put("deliveries", report.events())
                        .put("CPU µs each", (double) (second.cost().cpuMicros() - cpu) / report.events())
                        .put("scans", passes(second) - passes)
                        .put("refused at first", report.refused())
                        .put("flawless", report.repeats() == 0 && report.holes() == 0 && report.gaps() == 0);
            }
        }
    }

    private static void write(Rig rig, Audience audience, int events) {
        for (int i = 0; i < events; i++) {
            audience.tellings().forEach(rig.writer()::write);
        }
        rig.writer().flush();
    }

    private static LoadReport await(Generator generator, long events) {
        LoadReport report = generator.order(new Order.Await(events, PATIENCE.toMillis()));
        if (report.events() != events) {
            throw new BenchException("of %d events %d came: %s".formatted(events, report.events(), report));
        }
        return report;
    }

    private static long passes(GatewayProcess gateway) {
        return Math.round(gateway.counter("tokentape.gateway.tape.scans"));
    }
}
