package dev.tokentape.processor.topology;

import dev.tokentape.schemas.avro.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a processor tells about its own work. Thread-safe; one for all tasks of a process. */
public final class ProcessorMeters {

    /** Rules come from files of operators and verdicts from services; far more than any of them has. */
    private static final int MOST_DECISIONS = 2_000;

    private final MeterRegistry registry;
    private final ConcurrentMap<Decision, Counter> decisions = new ConcurrentHashMap<>();
    private final Counter folded;
    private final Counter released;
    private final Counter deadLetters;
    private final Counter lostReports;
    private final Timer hold;
    private final Timer replay;
    private final AtomicInteger openResponses = new AtomicInteger();

    /** What is counted apart. */
    private record Decision(String rule, String category, String action) {
        private static final Decision OTHER = new Decision("other", "other", "other");
    }

    public ProcessorMeters(MeterRegistry registry) {
        this.registry = registry;
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

    /** Readers are told what a rule or a moderation service decided. */
    void decided(Verdict verdict) {
        Decision decision = new Decision(verdict.getRuleId(), verdict.getCategory(), verdict.getAction());
        Decision counted =
                decisions.size() < MOST_DECISIONS || decisions.containsKey(decision) ? decision : Decision.OTHER;
        decisions.computeIfAbsent(counted, this::counter).increment();
    }

    private Counter counter(Decision decision) {
        return Counter.builder("tokentape.processor.moderation.decisions")
                .description("Verdicts that readers were told, by rule, its category and what was done")
                .tag("rule", decision.rule())
                .tag("category", decision.category())
                .tag("action", decision.action())
                .register(registry);
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
