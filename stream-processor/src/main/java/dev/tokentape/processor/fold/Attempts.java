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
    private final JobDispatch jobs;

    Attempts(FoldLimits limits, OpenResponses open, JobDispatch jobs) {
        this.limits = limits;
        this.open = open;
        this.jobs = jobs;
    }

    /** The watch's report; void where it is of another attempt, or the run has spoken since. */
    void reported(FoldStep step, ResponseKey key, TokenEvent.AttemptLost report) {
        ResponseStep at = open.at(step, key);
        if (at == null) {
            return;
        }
        OpenResponse response = at.response;
        if (step.time() - response.entry.firstTime() >= limits.maxAnswerMicros()) {
            tooOld(at);
        } else if (report.envelope().attempt() == response.attempt()) {
            switch (response.state()) {
                case RunState.Awaiting(long deadline, ToolTurn turn) -> {
                    if (step.time() >= deadline) {
                        Envelope own = at.ofPrompt();
                        int missing = turn.missing().size();
                        at.end(Endings.toolResultsMissing(own, missing, limits.toolResultsDeadline()));
                    }
                }
                case RunState.Queued(long deadline) -> {
                    if (report.envelope().runId() == null && step.time() >= deadline) {
                        Envelope own = at.own();
                        at.end(Endings.noProducer(own, limits.jobDeadline()));
                    }
                }
                // Judging has looked at the report itself.
                case RunState.Held _, RunState.Judged _ -> {}
                case RunState.Running _, RunState.Cancelling _ -> {
                    if (response.life.isOwnedBy(report.envelope()) && report.lastOffset() >= response.life.lastSign()) {
                        lost(at);
                    }
                }
            }
        }
    }

    /** The owner is gone, or has left a hole. */
    void lost(ResponseStep at) {
        OpenResponse response = at.response;
        at.stop(response.owner(), "attempt_lost");
        if (response.state() instanceof RunState.Cancelling cancelling) {
            Envelope own = at.own();
            at.end(Endings.cancelled(own, cancelling.reason(), "unknown"));
        } else if (response.mayTryAgain()) {
            again(at, AttemptReason.PRODUCER_LOST, null);
        } else {
            Finding objection = at.publish(response.flushAll());
            if (objection != null) {
                at.end(blocked(at, objection));
                return;
            }
            Envelope own = at.own();
            at.end(Endings.producerLost(own, response.shown(), response.attempt()));
        }
    }

    /**
     * Begins the next attempt, whose start will supersede what readers were shown, and tell them why.
     *
     * @param verdict that wanted it; null if none did
     */
    void again(ResponseStep at, AttemptReason reason, @Nullable Verdict verdict) {
        at.response.life.tryAgain(at.time() + limits.jobDeadlineMicros(), reason, verdict);
        jobs.dispatch(at);
    }

    /** What was held to the end would have ended the answer: it does, though nothing more would have come. */
    private static TokenEvent blocked(ResponseStep at, Finding objection) {
        at.publishBlock(objection);
        return Endings.blocked(at.own());
    }

    private void tooOld(ResponseStep at) {
        OpenResponse response = at.response;
        TokenEvent terminal;
        if (response.state() instanceof RunState.Cancelling cancelling) {
            Envelope own = at.own();
            terminal = Endings.cancelled(own, cancelling.reason(), "unknown");
        } else {
            Finding objection = at.publish(response.flushAll());
            Envelope own = at.own();
            terminal = objection == null
                    ? Endings.answerTimedOut(own, response.shown(), limits.maxAnswerDuration())
                    : blocked(at, objection);
        }
        at.endAndStop(terminal, "answer_timed_out");
    }
}
