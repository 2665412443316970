package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.load.Order;
import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import dev.tokentape.benchmarks.process.ProcessCost;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a connection costs that waits: each reads a conversation of its own, in which nothing happens. The gateway's
 * heap keeps no more room than it needs, so that what connections take is not hidden in room that was there before.
 */
final class Idle {

    private static final int CONNECTIONS = 10_000;
    private static final int WARM_UP = 500;
    private static final int AT_ONCE = 200;
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private Idle() {}

    /** @param resident before the collection, with what it then frees */
    private record Weight(long resident, long heap, long residentAfterCollection) {

        static Weight of(ProcessCost cost) {
            LockSupport.parkNanos(REST_NANOS);
            long resident = cost.residentBytes();
            // The second collection gives back what the first has freed.
            cost.heapBytesAfterCollection();
            long heap = cost.heapBytesAfterCollection();
            return new Weight(resident, heap, cost.residentBytes());
        }
    }

    static Figures run(Scale scale) {
        Figures figures = new Figures("idle");
        for (Wire wire : Wire.values()) {
            measure(figures, wire, scale.of(CONNECTIONS));
        }
        return figures;
    }

    private static void measure(Figures figures, Wire wire, int connections) {
        try (Rig rig = Rig.start(4);
                GatewayProcess gateway = rig.tightGateway(wire);
                Generator generator = Generator.start()) {
            Audience.of("warm", Math.min(WARM_UP, connections), 1).open(generator, gateway, null, AT_ONCE);
            generator.order(new Order.Close());
            Weight before = Weight.of(gateway.cost());
            Audience.of("idle", connections, 1).open(generator, gateway, null, AT_ONCE);
            Weight after = Weight.of(gateway.cost());
            figures.row(wire.row("%,d connections, each its own conversation".formatted(connections)))
                    .put("heap bytes each", before.heap() < 0 ? -1 : (after.heap() - before.heap()) / connections)
                    .put(
                            "RSS bytes each",
                            (after.residentAfterCollection() - before.residentAfterCollection()) / connections)
                    .put(
                            "RSS bytes each, uncollected",
                            (after.resident() - before.residentAfterCollection()) / connections)
                    .put("heap MB before", before.heap() >> 20)
                    .put("heap MB", after.heap() >> 20)
                    .put("RSS MB before", before.residentAfterCollection() >> 20)
                    .put("RSS MB", after.residentAfterCollection() >> 20)
                    .put("RSS MB, uncollected", after.resident() >> 20);
        }
    }
}
