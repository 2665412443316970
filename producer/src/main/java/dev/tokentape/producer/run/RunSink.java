package dev.tokentape.producer.run;

import dev.tokentape.producer.journal.Entry;
import dev.tokentape.producer.journal.Journal;
import dev.tokentape.producer.journal.Receipt;
import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.metrics.RunMeters;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run's way into the journal: numbers its events, holds it to one terminal event, and lets it wait while Kafka is
 * slow.
 *
 * <pre>
 *         terminal event                    a record failed for good
 *  OPEN ─────────────────▶ ENDED     OPEN ───────────────────────────▶ BROKEN
 *    └── hand back ──▶ HANDED_BACK
 * </pre>
 *
 * Whatever is emitted outside OPEN is dropped. At most {@link #MAX_UNACKNOWLEDGED} records of a run are on their way;
 * then, or where the journal has no room for the process, {@link #emit} waits, and with it the reading of the upstream
 * socket. Holding all those places means that nothing is on its way any more, which is how a handed-back run knows its
 * last offset.
 *
 * <p>Threads: {@link #take} and {@link #emit} by one thread at a time, the run's; the others by any.
 */
final class RunSink implements EventSink {

    /** Most records of one run sent and not yet acknowledged. */
    static final int MAX_UNACKNOWLEDGED = 256;

    private enum Phase {
        OPEN,
        ENDED,
        HANDED_BACK,
        BROKEN
    }

    /** What came of the wish to report a run as lost. */
    enum LostReport {
        SENT,
        /** The run had ended, or nothing of it stands in the journal. */
        NOT_NEEDED,
        /** What was on its way is still not acknowledged. */
        NOT_IN_TIME
    }

    /** Hears, once, that the run's upstream call is of no more use; called on threads that must not be blocked. */
    @FunctionalInterface
    interface Useless {
        void because(String reason, @Nullable Exception cause);
    }

    private final Envelope base;
    private final Journal journal;
    private final Function<String, RunMeters> metersOf;
    private final Clocks clocks;
    private final Useless useless;

    private final Semaphore places = new Semaphore(MAX_UNACKNOWLEDGED);
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    /** Held while a record is handed to Kafka, so that no heartbeat comes after the terminal event. */
    private final ReentrantLock sending = new ReentrantLock();

    private volatile boolean taken;
    private volatile String provider;
    private volatile RunMeters meters;
    private volatile long sequence;
    private volatile long lastSentNanos;
    private volatile long lastOffset = -1;
    private volatile Outcome outcome = Outcome.FAILED;

    /**
     * @param base the envelope of the run's own events: sequence 0, no block
     * @param metersOf the meters by provider
     */
    RunSink(Envelope base, Journal journal, Function<String, RunMeters> metersOf, Clocks clocks, Useless useless) {
        this.base = base;
        this.journal = journal;
        this.metersOf = metersOf;
        this.provider = String.valueOf(base.provider());
        this.meters = metersOf.apply(provider);
        this.clocks = clocks;
        this.useless = useless;
        this.lastSentNanos = clocks.nanos().getAsLong();
    }

    /**
     * Appends {@code taken}.
     *
     * @param atMost how long to wait for room, and for Kafka to be reached
     * @return its offset, when acknowledged; fails if it will never be, or if there was no room in time
     */
    CompletableFuture<Long> take(Duration atMost) throws InterruptedException {
        CompletableFuture<Long> acknowledgement = new CompletableFuture<>();
        Entry entry = journal.encode(new TokenEvent.Taken(base));
        places.acquire();
        if (!journal.reserve(entry, atMost)) {
            places.release();
            acknowledgement.completeExceptionally(new IllegalStateException("the journal had no room for taken"));
            return acknowledgement;
        }
        Receipt receipt = new Receipt() {
            @Override
            public void acknowledged(long offset) {
                sawOffset(offset);
                taken = true;
                places.release();
                acknowledgement.complete(offset);
            }

            @Override
            public void failed(Exception cause) {
                places.release();
                acknowledgement.completeExceptionally(cause);
            }
        };
        if (!send(entry, receipt, atMost)) {
            acknowledgement.completeExceptionally(new IllegalStateException("Kafka cannot be reached"));
        }
        return acknowledgement;
    }

    @Override
    public void emit(TokenEvent event) throws InterruptedException {
        if (phase.get() != Phase.OPEN) {
            return;
        }
        servedBy(event.envelope().provider());
        TokenEvent numbered = event.withEnvelope(event.envelope().withSequence(sequence + 1));
        Entry entry = journal.encode(numbered);
        if (entry.tooLarge()) {
            emit(tooLarge(event, entry));
            useless.because("event_too_large", null);
            return;
        }
        places.acquire();
        try {
            journal.reserve(entry);
        } catch (InterruptedException e) {
            places.release();
            throw e;
        }
        sending.lock();
        try {
            boolean wanted =
                    event.isTerminal() ? phase.compareAndSet(Phase.OPEN, Phase.ENDED) : phase.get() == Phase.OPEN;
            if (!wanted) {
                journal.release(entry);
                places.release();
                return;
            }
            if (event.isTerminal()) {
                outcome = outcomeOf(event);
            }
            sequence++;
            sendWhenever(entry, receiptOf(numbered, entry));
        } finally {
            sending.unlock();
        }
    }

    /** Appends a heartbeat if the run is open, taken, and has sent nothing for so long. Never waits; any thread. */
    boolean heartbeatIfSilent(long intervalNanos) throws InterruptedException {
        if (!taken || clocks.nanos().getAsLong() - lastSentNanos < intervalNanos || !places.tryAcquire()) {
            return false;
        }
        if (!sending.tryLock()) {
            places.release();
            return false;
        }
        try {
            Entry entry = phase.get() == Phase.OPEN ? journal.encode(heartbeat()) : null;
            if (entry == null || !journal.tryReserve(entry)) {
                places.release();
                return false;
            }
            return send(entry, receiptOf(null, entry), Duration.ZERO);
        } finally {
            sending.unlock();
        }
    }

    /** Closes the sink without a terminal event; false if the run had ended before. */
    boolean handBack() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.HANDED_BACK)) {
            return false;
        }
        outcome = Outcome.HANDED_BACK;
        return true;
    }

    /**
     * Reports a handed-back run as lost, so that nobody has to wait for the watch: appends {@code attempt_lost} behind
     * the run's last record. Only after the run's thread has ended.
     */
    LostReport reportLost(String reason, Duration atMost) throws InterruptedException {
        if (phase.get() != Phase.HANDED_BACK) {
            return LostReport.NOT_NEEDED;
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        if (!places.tryAcquire(MAX_UNACKNOWLEDGED, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return LostReport.NOT_IN_TIME;
        }
        places.release(MAX_UNACKNOWLEDGED - 1);
        if (lastOffset < 0) {
            places.release();
            return LostReport.NOT_NEEDED;
        }
        Entry entry = journal.encode(new TokenEvent.AttemptLost(now(), lastOffset, reason));
        if (!journal.reserve(entry, until(deadline))) {
            places.release();
            return LostReport.NOT_IN_TIME;
        }
        return send(entry, receiptOf(null, entry), until(deadline)) ? LostReport.SENT : LostReport.NOT_IN_TIME;
    }

    /** Who gave the latest event; the provider asked for, before the first. */
    String provider() {
        return provider;
    }

    boolean isOpen() {
        return phase.get() == Phase.OPEN;
    }

    /** How the run ended; meaningful once it has. */
    Outcome outcome() {
        return outcome;
    }

    /** Envelope of an event that the run itself reports, now. */
    Envelope now() {
        return base.withSequence(sequence)
                .withTimes(base.requestedAt(), clocks.wallMicros().getAsLong());
    }

    private void servedBy(@Nullable String name) {
        if (name != null && !name.equals(provider)) {
            provider = name;
            meters = metersOf.apply(name);
        }
    }

    private TokenEvent heartbeat() {
        return new TokenEvent.Heartbeat(now());
    }

    private TokenEvent tooLarge(TokenEvent event, Entry entry) {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(ErrorPhase.PARSE)
                .setCode("event_too_large")
                .setMessage("one %s of the provider takes %d bytes, at most %d can be carried"
                        .formatted(
                                event.getClass().getSimpleName(), entry.value().length, RecordLimits.MAX_VALUE_BYTES))
                .build();
        return new TokenEvent.Failed(event.envelope(), error, null);
    }

    private void sendWhenever(Entry entry, Receipt receipt) throws InterruptedException {
        lastSentNanos = clocks.nanos().getAsLong();
        try {
            journal.send(entry, receipt);
        } catch (InterruptedException e) {
            places.release();
            throw e;
        }
    }

    private boolean send(Entry entry, Receipt receipt, Duration atMost) throws InterruptedException {
        boolean sent = false;
        try {
            sent = journal.send(entry, receipt, atMost);
        } finally {
            if (sent) {
                lastSentNanos = clocks.nanos().getAsLong();
            } else {
                places.release();
            }
        }
        return sent;
    }

    private static Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private Receipt receiptOf(@Nullable TokenEvent timed, Entry entry) {
        RunMeters counting = meters;
        return new Receipt() {
            @Override
            public void acknowledged(long offset) {
                sawOffset(offset);
                places.release();
                if (timed != null) {
                    counting.events().increment();
                    counting.bytes().increment(entry.value().length);
                    long micros =
                            clocks.wallMicros().getAsLong() - timed.envelope().receivedAt();
                    counting.append().record(Math.max(0, micros), TimeUnit.MICROSECONDS);
                }
            }

            @Override
            public void failed(Exception cause) {
                boolean first = phase.getAndSet(Phase.BROKEN) != Phase.BROKEN;
                outcome = Outcome.BROKEN;
                places.release();
                if (first) {
                    useless.because("journal_failed", cause);
                }
            }
        };
    }

    /** Acknowledgements come on one thread, in the order of sending. */
    private void sawOffset(long offset) {
        if (offset > lastOffset) {
            lastOffset = offset;
        }
    }

    private static Outcome outcomeOf(TokenEvent terminal) {
        return switch (terminal) {
            case TokenEvent.MessageStop _ -> Outcome.COMPLETED;
            case TokenEvent.Cancelled _ -> Outcome.CANCELLED;
            default -> Outcome.FAILED;
        };
    }
}
