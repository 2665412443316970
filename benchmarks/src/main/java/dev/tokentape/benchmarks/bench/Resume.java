package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.LoadReport;
import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Catching up from one partition of Kafka, with segments too small to help: how fast a pass goes over what others
 * wrote, and how fast it delivers a conversation that is all there is.
 */
final class Resume {

    private static final int OTHERS = 1_000_000;
    private static final int OWN = 200_000;
    private static final int CONVERSATIONS = 500;
    private static final int RUNS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> SMALL_SEGMENTS = Map.of("gateway.segment-bytes", "1048576");

    private Resume() {}

    static Figures run(Scale scale) {
        Figures figures = new Figures("resume");
        int others = scale.of(OTHERS);
        int own = scale.of(OWN);
        try (Rig rig = Rig.start(1);
                Generator generator = Generator.start()) {
            Telling seldom = new Telling("seldom");
            Telling chatty = new Telling("chatty");
            String seldomCursor;
            String chattyCursor;
            try (GatewayProcess gateway = rig.gateway(Wire.PLAIN)) {
                rig.writer().write(seldom);
                rig.writer().write(chatty);
                rig.writer().flush();
                seldomCursor = firstCursor(gateway, seldom);
                chattyCursor = firstCursor(gateway, chatty);
            }
            for (int i = 0; i < own; i++) {
                rig.writer().write(chatty);
            }
            List<Telling> tellings = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                tellings.add(new Telling("other-" + i));
            }
            for (int i = 0; i < others; i++) {
                rig.writer().write(tellings.get(i % CONVERSATIONS));
            }
            rig.writer().write(seldom);
            rig.writer().flush();
            long begun = System.nanoTime();
            try (GatewayProcess gateway = rig.gateway(Wire.PLAIN, SMALL_SEGMENTS)) {
                long records = (long) own + others + 3;
                figures.row("start of a process, with %,d events in its window".formatted(records))
                        .put("ms", (System.nanoTime() - begun) / 1_000_000)
                        .put("events/s", Math.round(records / ((System.nanoTime() - begun) / 1e9)));
                for (int run = 1; run <= RUNS; run++) {
                    measure(figures, gateway, generator, seldom, seldomCursor, 1, records, run);
                }
                for (int run = 1; run <= RUNS; run++) {
                    measure(figures, gateway, generator, chatty, chattyCursor, own, own, run);
                }
            }
        }
        return figures;
    }

    private static void measure(
            Figures figures,
            GatewayProcess gateway,
            Generator generator,
            Telling telling,
            String cursor,
            long wanted,
            long records,
            int run) {
        generator.order(new Order.Reset());
        long cpu = gateway.cost().cpuMicros();
        long begun = System.nanoTime();
        generator.order(new Order.Open(
                gateway.port(),
                gateway.tls(),
                null,
                List.of(new Order.Stream("/v1/conversations/" + telling.conversation() + "/events?after=" + cursor, 1)),
                1));
        LoadReport report = generator.order(new Order.Await(wanted, PATIENCE.toMillis()));
        long nanos = System.nanoTime() - begun;
        long cost = gateway.cost().cpuMicros() - cpu;
        if (report.events() < wanted) {
            throw new BenchException("of %d events only %d came: %s".formatted(wanted, report.events(), report));
        }
        figures.row(
                        wanted == records
                                ? "run %d: %,d events of one's own, delivered".formatted(run, wanted)
                                : "run %d: %,d events of others, passed over".formatted(run, records))
                .put("ms", nanos / 1_000_000)
                .put("events/s", Math.round(records / (nanos / 1e9)))
                .put("CPU µs each", (double) cost / records)
                .put("flawless", report.flawless());
        generator.order(new Order.Close());
    }

    private static String firstCursor(GatewayProcess gateway, Telling telling) {
        URI stream = URI.create("http://127.0.0.1:" + gateway.port() + "/v1/conversations/" + telling.conversation()
                + "/events?after=start");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream.toURL().openStream(), StandardCharsets.UTF_8))) {
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    return id;
                }
            }
            throw new BenchException("the stream of " + telling.conversation() + " ended without an event");
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway cannot be read", e);
        }
    }
}
