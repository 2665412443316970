package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.load.Report;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a connection costs that waits: each reads a conversation of its own, in which nothing happens. */
final class Idle {

    private static final int CONNECTIONS = 10_000;
    private static final int WARM_UP = 500;
    private static final int AT_ONCE = 200;
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private Idle() {}

    static Figures run(Scale scale) {
        Figures figures = new Figures("idle");
        int connections = scale.of(CONNECTIONS);
        try (Rig rig = Rig.start(4);
                GatewayProcess gateway = rig.gateway();
                Generator generator = Generator.start()) {
            open(gateway, generator, "warm", Math.min(WARM_UP, connections));
            generator.order(new Order.Close());
            long heapBefore = gateway.cost().heapBytesAfterCollection();
            long residentBefore = gateway.cost().residentBytes();
            open(gateway, generator, "idle", connections);
            LockSupport.parkNanos(REST_NANOS);
            long resident = gateway.cost().residentBytes();
            long heap = gateway.cost().heapBytesAfterCollection();
            figures.row("%,d connections, each its own conversation".formatted(connections))
                    .put("heap bytes each", heapBefore < 0 ? -1 : (heap - heapBefore) / connections)
                    .put("RSS bytes each", (resident - residentBefore) / connections)
                    .put("heap MB before", heapBefore >> 20)
                    .put("heap MB", heap >> 20)
                    .put("RSS MB before", residentBefore >> 20)
                    .put("RSS MB", resident >> 20);
        }
        return figures;
    }

    private static void open(GatewayProcess gateway, Generator generator, String prefix, int connections) {
        Report opened = generator.order(new Order.Open(
                gateway.port(), Audience.of(prefix, connections, 1).streams(), AT_ONCE));
        if (opened.opened() != connections) {
            throw new BenchFailedException("only %d of %d streams began".formatted(opened.opened(), connections));
        }
    }
}
