package dev.tokentape.processor.topology;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a processor tells about its own work. Thread-safe; one for all tasks of a process. */
public final class ProcessorMeters {

    private final Counter folded;
    private final Counter released;
    private final Counter deadLetters;
    private final Counter lostReports;
    private final Timer hold;
    private final Timer replay;
    private final AtomicInteger openResponses = new AtomicInteger();

    public ProcessorMeters(MeterRegistry registry) {
        folded = Counter.builder("tokentape.processor.folded")
                .description("Journal records folded")
                .register(registry);
        released = Counter.builder("tokentape.processor.released")
                .description("Events put on the tape")
                .register(registry);
        deadLetters = Counter.builder("tokentape.processor.dead.letters")
                .description("Records that could not be understood")
                .register(registry);
        lostReports = Counter.builder("tokentape.processor.attempts.reported.lost")
                .description("Reports of silent runs and overdue jobs that the watch wrote into the journal")
                .register(registry);
        hold = Timer.builder("tokentape.processor.hold")
                .description("From the receipt of an upstream chunk to its release on the tape")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        replay = Timer.builder("tokentape.processor.replay")
                .description("Time to fold the open responses of a partition again after an assignment")
                .register(registry);
        Gauge.builder("tokentape.processor.open.responses", openResponses, AtomicInteger::get)
                .description("Responses that have not ended, in the partitions of this process")
                .register(registry);
    }

    void folded() {
        folded.increment();
    }

    void released(long receivedMicros, long publishedMicros) {
        released.increment();
        hold.record(Math.max(0, publishedMicros - receivedMicros), TimeUnit.MICROSECONDS);
    }

    void releasedOwn() {
        released.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void reportedLost() {
        lostReports.increment();
    }

    void replayed(long nanos) {
        replay.record(nanos, TimeUnit.NANOSECONDS);
    }

    void openResponsesChanged(int by) {
        openResponses.addAndGet(by);
    }
}
