package dev.tokentape.benchmarks.pipeline;

/**
 * Processor time; microseconds.
 *
 * @param producer its process
 * @param compiling by the producer's just-in-time compiler, contained in the former
 * @param simulator its process
 * @param broker this process, in which the broker is
 * @param machine everything on the machine, and what its host took from it
 * @param wall time that passed
 */
public record ProcessorTime(long producer, long compiling, long simulator, long broker, long machine, long wall) {

    ProcessorTime since(ProcessorTime before) {
        return new ProcessorTime(
                producer - before.producer,
                compiling - before.compiling,
                simulator - before.simulator,
                broker - before.broker,
                machine - before.machine,
                wall - before.wall);
    }

    /** What others took; 0 where the system does not tell. */
    long others() {
        return Math.max(0, machine - producer - simulator - broker);
    }

    /** Of one core. */
    double percent(long micros) {
        return 100.0 * micros / Math.max(1, wall);
    }
}
