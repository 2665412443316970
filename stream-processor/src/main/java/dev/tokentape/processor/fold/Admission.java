package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.PromptTurn;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptJudgement;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request: it is a repeat and dropped, or a response is opened, the turn put on the tape and its
 * first attempt handed out, or the response ends right there.
 */
final class Admission {

    private final FoldLimits limits;
    private final int version;
    private final Moderation moderation;
    private final Repeats repeats;
    private final OpenResponses open;
    private final Judging judging;
    private final Continuations continuations;

    Admission(
            FoldLimits limits,
            Moderation moderation,
            Repeats repeats,
            OpenResponses open,
            Judging judging,
            Continuations continuations) {
        this.limits = limits;
        this.version = limits.version();
        this.moderation = moderation;
        this.repeats = repeats;
        this.open = open;
        this.judging = judging;
        this.continuations = continuations;
    }

    void request(FoldStep step, ResponseKey key, GenerationRequest request) {
        if (request.getContinues() != null) {
            continuations.bring(step, key, request.getContinues(), request);
        } else if (open.get(key) == null) {
            open(step, key, request);
        }
    }

    private void open(FoldStep step, ResponseKey key, GenerationRequest request) {
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
        ResponseStep at = open.add(step, response);
        at.say(new FoldOutcome.Remember(key, entry));
        admit(at, judged, full, cancel);
    }

    private void admit(
            ResponseStep at, PromptJudgement judged, boolean full, OpenResponses.@Nullable EarlyCancel cancel) {
        OpenResponse response = at.response;
        Verdict verdict = judged.refusal();
        Envelope own = at.ofPrompt();
        boolean goesOn = cancel == null && verdict == null && !full;
        if (goesOn) {
            response.line().prompt(own, PromptTurn.asked(response.request()));
        }
        boolean shown = goesOn || verdict == null && !response.line().gatesPrompts();
        at.publish(new TokenEvent.UserMessage(
                own, response.prompt().role(), shown ? response.prompt().text() : ""));
        judged.verdicts().forEach(noted -> at.publish(new TokenEvent.Moderated(own, noted)));
        if (cancel != null) {
            at.end(Endings.cancelled(own, response.judgedReason(cancel.reason()), "yes"));
        } else if (verdict != null) {
            at.publish(new TokenEvent.Moderated(own, verdict));
            at.end(Endings.promptBlocked(own));
        } else if (full) {
            at.end(Endings.overloaded(own, ErrorPhase.QUEUE));
        } else {
            judging.handOut(at);
        }
    }
}
