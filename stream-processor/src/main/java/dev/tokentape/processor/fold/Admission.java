package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptJudgement;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request: it is a repeat and dropped, or a response is opened, the turn put on the tape and its first
 * attempt handed out, or the response ends right there.
 */
final class Admission {

    private final FoldLimits limits;
    private final int version;
    private final Moderation moderation;
    private final Repeats repeats;
    private final OpenResponses open;
    private final Tape tape;
    private final JobDispatch jobs;
    private final Continuations continuations;

    Admission(
            FoldLimits limits,
            Moderation moderation,
            Repeats repeats,
            OpenResponses open,
            Tape tape,
            JobDispatch jobs,
            Continuations continuations) {
        this.limits = limits;
        this.version = limits.version();
        this.moderation = moderation;
        this.repeats = repeats;
        this.open = open;
        this.tape = tape;
        this.jobs = jobs;
        this.continuations = continuations;
    }

    void request(Step step, ResponseKey key, GenerationRequest request) {
        if (request.getContinues() != null) {
            continuations.bring(step, key, request.getContinues(), request);
        } else if (open.get(key) == null) {
            open(step, key, request);
        }
    }

    private void open(Step step, ResponseKey key, GenerationRequest request) {
        OpenResponses.EarlyCancel cancel = open.takeEarlyCancel(key);
        if (cancel == null && repeats.isRepeat(step, key)) {
            return;
        }
        IndexEntry entry = cancel == null ? IndexEntry.opened(step.offset(), step.time(), version) : cancel.entry();
        PromptJudgement judged = moderation.judged(request);
        OpenResponse response = new OpenResponse(
                key,
                judged.request(),
                step.offset(),
                entry,
                new RunState.Queued(step.time() + limits.jobDeadlineMicros()),
                moderation);
        boolean full = !step.replaying() && open.isFullFor(response);
        open.add(response);
        step.say(new Outcome.Remember(key, entry));
        admit(step, response, judged, full, cancel);
    }

    private void admit(
            Step step,
            OpenResponse response,
            PromptJudgement judged,
            boolean full,
            OpenResponses.@Nullable EarlyCancel cancel) {
        Verdict verdict = judged.refusal();
        Envelope own = response.ownEnvelope(0, step.time());
        tape.publish(
                step,
                response,
                new TokenEvent.UserMessage(
                        own,
                        response.prompt().role(),
                        verdict == null ? response.prompt().text() : ""));
        judged.verdicts().forEach(noted -> tape.publish(step, response, new TokenEvent.Moderated(own, noted)));
        if (cancel != null) {
            tape.end(step, response, Endings.cancelled(own, response.judgedReason(cancel.reason()), "yes"));
        } else if (verdict != null) {
            tape.publish(step, response, new TokenEvent.Moderated(own, verdict));
            tape.end(step, response, Endings.cancelled(own, "prompt_blocked", "yes"));
        } else if (full) {
            tape.end(step, response, Endings.overloaded(own, ErrorPhase.QUEUE));
        } else {
            jobs.dispatch(step, response);
        }
    }
}
