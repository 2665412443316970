package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;

/**
 * From just before an event is handed to Kafka's producer until a client has read it, at ten thousand deliveries a
 * second.
 */
final class Latency {

    private static final int PARTITIONS = 4;
    private static final int CONVERSATIONS = 300;
    private static final double A_SECOND = 10_000;

    private Latency() {}

    static Figures run(Scale scale) {
        Figures figures = new Figures("latency");
        int conversations = scale.of(CONVERSATIONS);
        for (Wire wire : Wire.values()) {
            try (Rig rig = Rig.start(PARTITIONS);
                    GatewayProcess gateway = rig.gateway(wire);
                    Generator generator = Generator.start()) {
                new Delivery(rig.writer(), gateway, generator, scale)
                        .measure(
                                figures,
                                new Load(
                                        wire.row(conversations + " conversations with 1 to 5 readers, singly"),
                                        Audience.oneToFive("latency", conversations),
                                        A_SECOND * scale.factor(),
                                        1));
            }
        }
        return figures;
    }
}
