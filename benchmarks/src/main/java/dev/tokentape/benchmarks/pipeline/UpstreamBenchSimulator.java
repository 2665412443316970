package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;

/** The process that plays the LLM APIs for a measured producer: says its address, and ends when its input does. */
final class UpstreamBenchSimulator {

    private UpstreamBenchSimulator() {}

    public static void main(String[] arguments) throws IOException {
        try (Simulator simulator = Simulator.start(SimulatorConfig.defaults())) {
            System.out.println(simulator.baseUrl());
            while (System.in.read() != -1) {}
        }
    }
}
