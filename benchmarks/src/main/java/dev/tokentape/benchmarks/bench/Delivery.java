package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.LoadReport;
import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.time.Duration;

/**
 * Live delivery to an audience: writes at a pace, waits until the last event was read, and only then looks at the
 * clock.
 */
final class Delivery {

    private static final int AT_ONCE = 500;
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Duration SLICE = Duration.ofSeconds(4);

    /** Part of one processor that the gateway's compiler may take when it counts as warm. */
    private static final double WARM = 0.02;

    private final TapeWriter writer;
    private final GatewayProcess gateway;
    private final Generator generator;
    private final Scale scale;

    Delivery(TapeWriter writer, GatewayProcess gateway, Generator generator, Scale scale) {
        this.writer = writer;
        this.gateway = gateway;
        this.generator = generator;
        this.scale = scale;
    }

    /** Measures, after a warm-up of the same kind, and adds a row. */
    void measure(Figures figures, Load load) {
        generator.order(new Order.Reset());
        load.audience().open(generator, gateway, load.token(), AT_ONCE);
        double warmedUp = warmUp(load);
        generator.order(new Order.Reset());
        long cpu = gateway.cost().cpuMicros();
        long compiler = gateway.cost().compilerMicros();
        double flushes = flushes();
        long begun = System.nanoTime();
        LoadReport report = run(load, scale.length());
        double seconds = secondsSince(begun);
        long compiling = gateway.cost().compilerMicros() - compiler;
        long cost = gateway.cost().cpuMicros() - cpu - compiling;
        figures.row(load.what())
                .put("deliveries", report.events())
                .put("a second", Math.round(report.events() / seconds))
                .put("CPU µs each", (double) cost / report.events())
                .put("compiling µs each", (double) compiling / report.events())
                .put("each write", report.events() / Math.max(1, flushes() - flushes))
                .put("p50 ms", report.p50() / 1e3)
                .put("p90 ms", report.p90() / 1e3)
                .put("p99 ms", report.p99() / 1e3)
                .put("max ms", report.max() / 1e3)
                .put("warm-up s", Math.round(warmedUp))
                .put("flawless", report.flawless());
        generator.order(new Order.Close());
    }

    /**
     * Goes on until the code is compiled, as long as that does not take for ever; returns how many seconds that took.
     */
    private double warmUp(Load load) {
        long begun = System.nanoTime();
        boolean warm = false;
        while (secondsSince(begun) < scale.warmUp().toSeconds()
                || (!warm && secondsSince(begun) < scale.longestWarmUp().toSeconds())) {
            long compiler = gateway.cost().compilerMicros();
            long slice = System.nanoTime();
            run(load, SLICE.compareTo(scale.length()) < 0 ? SLICE : scale.length());
            warm = (gateway.cost().compilerMicros() - compiler) / 1e6 < WARM * secondsSince(slice);
        }
        return secondsSince(begun);
    }

    private LoadReport run(Load load, Duration length) {
        generator.order(new Order.Reset());
        Audience audience = load.audience();
        long expected =
                audience.deliveries(writer.pace(audience.tellings(), load.eventsPerSecond(), load.burst(), length));
        LoadReport report = generator.order(new Order.Await(expected, DRAIN.toMillis()));
        if (report.events() != expected) {
            throw new BenchException("of %d deliveries only %d came: %s".formatted(expected, report.events(), report));
        }
        return report;
    }

    private double flushes() {
        return gateway.counter("tokentape.gateway.stream.flushes");
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
