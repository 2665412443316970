package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * The way of one open response through its {@linkplain RunState states} and attempts. Each transition knows the states
 * that it may leave, and throws {@link IllegalStateException} in any other. Not thread-safe.
 */
final class Lifecycle {

    private final ResponseKey key;
    private final Runnable dropHeld;
    private RunState state;
    private int attempt = 1;
    private @Nullable AttemptReason reason;
    private @Nullable Verdict wantedBy;
    private int refinements;
    private boolean begun;
    private long nextRunSequence = 1;
    private long lastSign = Envelope.NONE;

    /**
     * @param first the state that its first record opens it in
     * @param dropHeld drops what its run has said and was not shown
     */
    Lifecycle(ResponseKey key, RunState first, Runnable dropHeld) {
        this.key = key;
        this.dropHeld = dropHeld;
        this.state = first;
    }

    RunState state() {
        return state;
    }

    int attempt() {
        return attempt;
    }

    /** Journal offset of the owner's last sign of life; {@link Envelope#NONE} if it has no owner. */
    long lastSign() {
        return lastSign;
    }

    /** More of the tool results that it waits for have come. */
    void collect(ToolTurn turn) {
        if (!(state instanceof RunState.Awaiting awaiting)) {
            throw illegal(RunState.Awaiting.class);
        }
        state = new RunState.Awaiting(awaiting.deadline(), turn);
    }

    /** What it is asked is whole, and has to be judged first. */
    void hold(long deadline) {
        if (!(state instanceof RunState.Awaiting || state instanceof RunState.Queued)) {
            throw illegal(RunState.Held.class);
        }
        state = new RunState.Held(deadline);
    }

    /** What it is asked is whole and may be asked. */
    void queue(long deadline) {
        if (!(state instanceof RunState.Awaiting || state instanceof RunState.Held)) {
            throw illegal(RunState.Queued.class);
        }
        state = new RunState.Queued(deadline);
    }

    /** A run takes the attempt, by the record at this journal offset. */
    void take(String runId, long offset) {
        if (!(state instanceof RunState.Queued)) {
            throw illegal(RunState.Running.class);
        }
        state = new RunState.Running(runId);
        lastSign = offset;
    }

    /**
     * The next attempt waits for a producer.
     *
     * @param verdict that wanted it; null if none did
     */
    void tryAgain(long deadline, AttemptReason why, @Nullable Verdict verdict) {
        if (!(state instanceof RunState.Running)) {
            throw illegal(RunState.Queued.class);
        }
        state = new RunState.Queued(deadline);
        attempt++;
        reason = why;
        wantedBy = verdict;
        begun = false;
        nextRunSequence = 1;
        lastSign = Envelope.NONE;
        dropHeld.run();
    }

    /** It is cancelled while a run works on it. */
    void cancel(String why) {
        if (!(state instanceof RunState.Running(String runId))) {
            throw illegal(RunState.Cancelling.class);
        }
        state = new RunState.Cancelling(runId, why);
        dropHeld.run();
    }

    /** Its run has said its last word; verdicts are still waited for. */
    void awaitVerdicts(TokenEvent lastWord, long deadline) {
        if (!(state instanceof RunState.Running)) {
            throw illegal(RunState.Judged.class);
        }
        state = new RunState.Judged(lastWord, deadline);
    }

    private IllegalStateException illegal(Class<? extends RunState> next) {
        return new IllegalStateException("response %s cannot go from %s to %s"
                .formatted(key, state.getClass().getSimpleName(), next.getSimpleName()));
    }

    /** The run that owns the current attempt; null while it waits for one. */
    @Nullable
    String owner() {
        return switch (state) {
            case RunState.Awaiting _, RunState.Held _, RunState.Queued _, RunState.Judged _ -> null;
            case RunState.Running(String runId) -> runId;
            case RunState.Cancelling cancelling -> cancelling.runId();
        };
    }

    /** Whether an event comes from the owner of the current attempt. */
    boolean isOwnedBy(Envelope envelope) {
        String owner = owner();
        return owner != null && owner.equals(envelope.runId()) && envelope.attempt() == attempt;
    }

    /** The owner has given a sign of life in the record at this journal offset. */
    void heard(long offset) {
        lastSign = offset;
    }

    /** How many events are missing before the one of the owner that has this number; less than 0 if it is a repeat. */
    long missingBefore(long runSequence) {
        return runSequence - nextRunSequence;
    }

    /** The owner's next event has come. */
    void advance() {
        nextRunSequence++;
    }

    boolean mayRefine(int most) {
        return refinements < most && attempt < FoldLimits.MAX_ATTEMPTS;
    }

    void refine() {
        refinements++;
    }

    /** The provider begins its answer, perhaps again: the event, with what readers should know of that. */
    TokenEvent.MessageStart begin(TokenEvent.MessageStart start, GenerationRequest request) {
        AttemptReason why = begun
                ? AttemptReason.PROVIDER_RESTARTED
                : reason != null ? reason : isOfFallback(start.envelope(), request) ? AttemptReason.FALLBACK : null;
        begun = true;
        return why == null ? start : start.because(why, why == AttemptReason.REGENERATED ? wantedBy : null);
    }

    private static boolean isOfFallback(Envelope envelope, GenerationRequest request) {
        return request.getFallbackProvider() != null
                && envelope.provider() != null
                && !(envelope.provider().equals(request.getProvider())
                        && (envelope.model() == null || envelope.model().equals(request.getModel())));
    }
}
