package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/** What becomes of an attempt that fails or takes too long: another one where that is still honest, else the end. */
final class Attempts {

    private final FoldLimits limits;
    private final OpenResponses open;
    private final Tape tape;
    private final JobDispatch jobs;

    Attempts(FoldLimits limits, OpenResponses open, Tape tape, JobDispatch jobs) {
        this.limits = limits;
        this.open = open;
        this.tape = tape;
        this.jobs = jobs;
    }

    /** The watch's report; void where it is of another attempt, or the run has spoken since. */
    void reported(Step step, ResponseKey key, TokenEvent.AttemptLost report) {
        OpenResponse response = open.get(key);
        if (response == null) {
            return;
        }
        if (step.time() - response.entry.firstTime() >= limits.maxAnswerMicros()) {
            tooOld(step, response);
        } else if (report.envelope().attempt() == response.attempt) {
            switch (response.state) {
                case RunState.Awaiting(long deadline, ToolTurn turn) -> {
                    if (step.time() >= deadline) {
                        Envelope own = response.ownEnvelope(0, step.time());
                        int missing = turn.missing().size();
                        tape.end(
                                step, response, Endings.toolResultsMissing(own, missing, limits.toolResultsDeadline()));
                    }
                }
                case RunState.Queued(long deadline) -> {
                    if (report.envelope().runId() == null && step.time() >= deadline) {
                        Envelope own = response.ownEnvelope(response.attempt, step.time());
                        tape.end(step, response, Endings.noProducer(own, limits.jobDeadline()));
                    }
                }
                // Judging has looked at the report itself.
                case RunState.Held _, RunState.Judged _ -> {}
                case RunState.Running _, RunState.Cancelling _ -> {
                    if (response.isOwnedBy(report.envelope()) && report.lastOffset() >= response.lastSign) {
                        lost(step, response);
                    }
                }
            }
        }
    }

    /** The owner is gone, or has left a hole. */
    void lost(Step step, OpenResponse response) {
        String owner = response.owner();
        if (owner != null) {
            tape.stop(step, response.key, owner, "attempt_lost");
        }
        if (response.state instanceof RunState.Cancelling cancelling) {
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            tape.end(step, response, Endings.cancelled(own, cancelling.reason(), "unknown"));
        } else if (response.mayTryAgain()) {
            again(step, response, AttemptReason.PRODUCER_LOST, null);
        } else {
            Finding objection = tape.publish(step, response, response.flushAll());
            if (objection != null) {
                tape.end(step, response, blocked(step, response, objection));
                return;
            }
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            tape.end(step, response, Endings.producerLost(own, response.shown(), response.attempt));
        }
    }

    /**
     * Begins the next attempt, whose start will supersede what readers were shown, and tell them why.
     *
     * @param verdict that wanted it; null if none did
     */
    void again(Step step, OpenResponse response, AttemptReason reason, @Nullable Verdict verdict) {
        response.tryAgain(step.time() + limits.jobDeadlineMicros(), reason, verdict);
        jobs.dispatch(step, response);
    }

    /** What was held to the end would have ended the answer: it does, though nothing more would have come. */
    private TokenEvent blocked(Step step, OpenResponse response, Finding objection) {
        tape.publishBlock(step, response, objection);
        return Endings.blocked(response.ownEnvelope(response.attempt, step.time()));
    }

    private void tooOld(Step step, OpenResponse response) {
        TokenEvent terminal;
        if (response.state instanceof RunState.Cancelling cancelling) {
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            terminal = Endings.cancelled(own, cancelling.reason(), "unknown");
        } else {
            Finding objection = tape.publish(step, response, response.flushAll());
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            terminal = objection == null
                    ? Endings.answerTimedOut(own, response.shown(), limits.maxAnswerDuration())
                    : blocked(step, response, objection);
        }
        tape.endAndStop(step, response, terminal, "answer_timed_out");
    }
}
