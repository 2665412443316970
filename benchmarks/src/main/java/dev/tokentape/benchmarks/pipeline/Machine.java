package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.benchmarks.process.ProcessCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The three processes of the upstream benchmark, and the machine on which they run. */
final class Machine {

    private static final Path STAT = Path.of("/proc/stat");
    private static final long MICROS_PER_TICK = 10_000;
    /** Places of idle and waiting time in the first line of {@code /proc/stat}; all others up to steal are busy. */
    private static final int IDLE = 4;

    private static final int WAITING = 5;
    private static final int STEAL = 8;

    private final ProcessCost producer;
    private final ProcessCost simulator;
    private final ProcessCost broker = new ProcessCost(ProcessHandle.current().pid());

    Machine(ProcessCost producer, ProcessCost simulator) {
        this.producer = producer;
        this.simulator = simulator;
    }

    /** So far. */
    ProcessorTime usage() throws IOException {
        return new ProcessorTime(
                producer.cpuMicros(),
                producer.compilerMicros(),
                simulator.cpuMicros(),
                broker.cpuMicros(),
                busyMicros(),
                TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    private static long busyMicros() throws IOException {
        if (!Files.isReadable(STAT)) {
            return 0;
        }
        String[] ticks = Files.readAllLines(STAT).get(0).split("\\s+", -1);
        long busy = 0;
        for (int i = 1; i <= STEAL && i < ticks.length; i++) {
            busy += i == IDLE || i == WAITING ? 0 : Long.parseLong(ticks[i]);
        }
        return busy * MICROS_PER_TICK;
    }
}
