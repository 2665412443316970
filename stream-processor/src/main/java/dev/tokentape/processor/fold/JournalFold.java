package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * The fold over one journal partition: takes its records in offset order and says what follows from each.
 *
 * <p>It has no clock but the journal's own time, no second input and no randomness: the same journal gives the same
 * outcomes, whoever folds it, however often, and from whichever point {@link Rebuild} has put it at. Its memory is the
 * open responses, bounded by {@link FoldLimits}; of those that have ended it knows through {@link KnownResponses} what
 * it has said itself.
 *
 * <pre>
 *   request ──▶ Admission, Continuations ──▶ JobDispatch ──▶ job
 *   cancel  ──▶ Cancels                           ▲
 *   delete  ──▶ Deletions                         │
 *   lost    ──▶ Attempts ─────────────────────────┘
 *   run     ──▶ Runs ──▶ Release ──▶ ResponseStep ──▶ readers
 *                           ├──▶ Objections ──▶ Attempts, or the end
 *   verdict ──▶ Judging ◀───┘
 * </pre>
 *
 * Not thread-safe.
 */
public final class JournalFold {

    private final int version;
    private final OpenResponses open;
    private final Admission admission;
    private final Cancels cancels;
    private final Deletions deletions;
    private final Attempts attempts;
    private final Runs runs;
    private final Judging judging;

    /** @param encodedSize bytes that a job takes on its topic */
    public JournalFold(
            FoldLimits limits, Moderation moderation, KnownResponses known, ToIntFunction<GenerationJob> encodedSize) {
        this.version = limits.version();
        this.open = new OpenResponses(limits);
        Repeats repeats = new Repeats(known);
        JobDispatch jobs = new JobDispatch(limits, known, encodedSize);
        this.cancels = new Cancels(limits, repeats, open);
        this.deletions = new Deletions(known, repeats, open);
        this.attempts = new Attempts(limits, open, jobs);
        Objections objections = new Objections(attempts);
        this.judging = new Judging(open, objections, jobs, limits);
        Continuations continuations = new Continuations(limits, moderation, known, repeats, open, judging);
        this.admission = new Admission(limits, moderation, repeats, open, judging, continuations);
        this.runs = new Runs(open, attempts, new Release(limits, open, objections, judging));
    }

    /**
     * Folds the next record.
     *
     * @param time the journal's time of the record, microseconds since 1970 UTC
     * @param sink is told what follows, in order
     */
    public void apply(long offset, long time, JournalEntry entry, Consumer<FoldOutcome> sink) {
        fold(new FoldStep(offset, time, false, sink), entry);
    }

    /**
     * Folds a record of the past again, to have its responses in memory; says nothing that was said before. Admission
     * is not decided anew: whoever is replayed was admitted.
     */
    void replay(long offset, long time, JournalEntry entry, Consumer<FoldOutcome> sink) {
        fold(new FoldStep(offset, time, true, sink), entry);
    }

    /** Open responses, cancels that wait for their request included. */
    public int openCount() {
        return open.count();
    }

    /** The version that new responses are opened under. */
    public int version() {
        return version;
    }

    /** Shows every open response to the watch. */
    public void observe(Consumer<Observation> watch) {
        open.observe(watch);
    }

    /** Lists every question without a verdict: after a replay the moderation service must be asked again. */
    public void openQuestions(Consumer<ModerationQuestion> asker) {
        judging.openQuestions(asker);
    }

    boolean isOpen(ResponseKey key) {
        return open.contains(key);
    }

    private void fold(FoldStep step, JournalEntry entry) {
        ResponseKey key = entry.key();
        switch (entry) {
            case JournalEntry.Requested(GenerationRequest request) -> admission.request(step, key, request);
            case JournalEntry.Ordered(ControlCommand command) -> {
                switch (command.getType()) {
                    case CANCEL -> cancels.cancel(step, key, command.getReason());
                    case DELETE -> deletions.delete(step, key, command);
                    // Not for the journal; nobody forwards them.
                    case STOP_RUN, UNWATCHED, WATCHED, OTHER -> {}
                }
            }
            case JournalEntry.Reported(TokenEvent event) -> {
                switch (event) {
                    case TokenEvent.Wake _ -> {}
                    case TokenEvent.VerdictReached verdict -> judging.verdict(step, key, verdict);
                    case TokenEvent.AttemptLost report -> {
                        cancels.expire(step, key);
                        judging.expire(step, key);
                        attempts.reported(step, key, report);
                    }
                    case TokenEvent.Taken taken -> runs.taken(step, key, taken);
                    case TokenEvent.Heartbeat heartbeat -> runs.heartbeat(step, key, heartbeat);
                    default -> runs.event(step, key, event);
                }
            }
        }
    }
}
