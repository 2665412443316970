package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.GatewayProcess;
import dev.tokentape.benchmarks.process.Generator;

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
        try (Rig rig = Rig.start(PARTITIONS);
                GatewayProcess gateway = rig.gateway();
                Generator generator = Generator.start()) {
            Delivery delivery = new Delivery(rig.writer(), gateway, generator);
            int conversations = scale.of(CONVERSATIONS);
            int crowd = scale.of(CROWD);
            String many = conversations + " conversations with 1 to 5 readers";
            String one = "1 conversation with " + crowd + " readers";
            delivery.measure(
                    figures,
                    many + ", singly",
                    Audience.oneToFive("single", conversations),
                    SINGLY_A_SECOND,
                    1,
                    scale.warmUp(),
                    scale.length());
            delivery.measure(
                    figures,
                    many + ", bursts of " + BURST,
                    Audience.oneToFive("burst", conversations),
                    BURSTS_A_SECOND,
                    BURST,
                    scale.warmUp(),
                    scale.length());
            delivery.measure(
                    figures,
                    one + ", singly",
                    Audience.of("crowd", 1, crowd),
                    SINGLY_A_SECOND,
                    1,
                    scale.warmUp(),
                    scale.length());
            delivery.measure(
                    figures,
                    one + ", bursts of " + BURST,
                    Audience.of("crowd-burst", 1, crowd),
                    BURSTS_A_SECOND,
                    BURST,
                    scale.warmUp(),
                    scale.length());
        }
        return figures;
    }
}
