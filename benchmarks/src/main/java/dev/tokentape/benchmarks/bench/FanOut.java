package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;
import java.util.List;

/** What the gateway spends on each event delivered: many small audiences and one large one, singly and in bursts. */
final class FanOut {

    private static final int PARTITIONS = 4;
    private static final int CONVERSATIONS = 500;
    private static final int CROWD = 5_000;
    private static final int BURST = 10;
    private static final double SINGLY_A_SECOND = 10_000;
    private static final double BURSTS_A_SECOND = 40_000;

    private FanOut() {}

    static Figures run(Scale scale) {
        Figures figures = new Figures("fanout");
        try (Rig rig = Rig.start(PARTITIONS)) {
            Tokens tokens = Tokens.make();
            try (GatewayProcess gateway = rig.gateway(tokens);
                    Generator generator = Generator.start()) {
                Delivery delivery = new Delivery(rig.writer(), gateway, generator, scale);
                String all = tokens.of("read thinking");
                loads(Wire.PLAIN, scale).forEach(load -> delivery.measure(figures, load.with(all)));
                delivery.measure(
                        figures,
                        inBursts(scale, "hidden", ", from whom thinking is hidden")
                                .with(tokens.of("read")));
            }
            try (GatewayProcess gateway = rig.gateway(Wire.TLS);
                    Generator generator = Generator.start()) {
                Delivery delivery = new Delivery(rig.writer(), gateway, generator, scale);
                loads(Wire.TLS, scale).forEach(load -> delivery.measure(figures, load));
            }
        }
        return figures;
    }

    private static List<Load> loads(Wire wire, Scale scale) {
        int conversations = scale.of(CONVERSATIONS);
        int crowd = scale.of(CROWD);
        String one = "1 conversation with " + crowd + " readers";
        return List.of(
                new Load(
                        wire.row(conversations + " conversations with 1 to 5 readers, singly"),
                        Audience.oneToFive("single" + wire, conversations),
                        SINGLY_A_SECOND,
                        1),
                inBursts(scale, "burst" + wire, wire.row("")),
                new Load(wire.row(one + ", singly"), Audience.of("crowd" + wire, 1, crowd), SINGLY_A_SECOND, 1),
                new Load(
                        wire.row(one + ", bursts of " + BURST),
                        Audience.of("crowd-burst" + wire, 1, crowd),
                        BURSTS_A_SECOND,
                        BURST));
    }

    private static Load inBursts(Scale scale, String prefix, String suffix) {
        int conversations = scale.of(CONVERSATIONS);
        return new Load(
                conversations + " conversations with 1 to 5 readers, bursts of " + BURST + suffix,
                Audience.oneToFive(prefix, conversations),
                BURSTS_A_SECOND,
                BURST);
    }
}
