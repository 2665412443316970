package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.load.Report;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.time.Duration;

/** Live delivery to an audience: writes at a pace, waits until the last event was read, and only then looks at the clock. */
final class Delivery {

    private static final int AT_ONCE = 500;
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final TapeWriter writer;
    private final GatewayProcess gateway;
    private final Generator generator;

    Delivery(TapeWriter writer, GatewayProcess gateway, Generator generator) {
        this.writer = writer;
        this.gateway = gateway;
        this.generator = generator;
    }

    /**
     * Measures, after a warm-up of the same kind, and adds a row.
     *
     * @param perSecond deliveries a second
     * @param burst events of one conversation written at a time
     */
    void measure(
            Figures figures,
            String what,
            Audience audience,
            double perSecond,
            int burst,
            Duration warmUp,
            Duration length) {
        generator.order(new Order.Reset());
        Report opened = generator.order(new Order.Open(gateway.port(), audience.streams(), AT_ONCE));
        if (opened.opened() != audience.size()) {
            throw new BenchFailedException("only %d of %d streams began".formatted(opened.opened(), audience.size()));
        }
        double eventsPerSecond = perSecond * audience.tellings().size() / audience.size();
        run(audience, eventsPerSecond, burst, warmUp);
        generator.order(new Order.Reset());
        long cpu = gateway.cost().cpuMicros();
        long compiler = gateway.cost().compilerMicros();
        double flushes = flushes();
        long begun = System.nanoTime();
        Report report = run(audience, eventsPerSecond, burst, length);
        double seconds = (System.nanoTime() - begun) / 1e9;
        long compiling = gateway.cost().compilerMicros() - compiler;
        long cost = gateway.cost().cpuMicros() - cpu - compiling;
        figures.row(what)
                .put("deliveries", report.events())
                .put("a second", Math.round(report.events() / seconds))
                .put("CPU µs each", (double) cost / report.events())
                .put("compiling µs each", (double) compiling / report.events())
                .put("each write", report.events() / Math.max(1, flushes() - flushes))
                .put("p50 ms", report.p50() / 1e3)
                .put("p90 ms", report.p90() / 1e3)
                .put("p99 ms", report.p99() / 1e3)
                .put("max ms", report.max() / 1e3)
                .put("flawless", report.flawless());
        generator.order(new Order.Close());
    }

    private Report run(Audience audience, double eventsPerSecond, int burst, Duration length) {
        generator.order(new Order.Reset());
        long expected = audience.deliveries(writer.pace(audience.tellings(), eventsPerSecond, burst, length));
        Report report = generator.order(new Order.Await(expected, DRAIN.toMillis()));
        if (report.events() != expected) {
            throw new BenchFailedException(
                    "of %d deliveries only %d came: %s".formatted(expected, report.events(), report));
        }
        return report;
    }

    private double flushes() {
        return gateway.meter("tokentape_gateway_stream_flushes_total");
    }
}
