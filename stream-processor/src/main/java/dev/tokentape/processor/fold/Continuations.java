package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.PromptTurn;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptJudgement;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of tool results: they are collected, from however many requests, into the turn that the continuing
 * response answers. The first request opens it, each call's first result goes on the tape, and the one that brings the
 * last missing result has the job handed out, with the tools and options of the response that made the calls.
 */
final class Continuations {

    private final FoldLimits limits;
    private final int version;
    private final Moderation moderation;
    private final KnownResponses known;
    private final Repeats repeats;
    private final OpenResponses open;
    private final Judging judging;

    Continuations(
            FoldLimits limits,
            Moderation moderation,
            KnownResponses known,
            Repeats repeats,
            OpenResponses open,
            Judging judging) {
        this.limits = limits;
        this.version = limits.version();
        this.moderation = moderation;
        this.known = known;
        this.repeats = repeats;
        this.open = open;
        this.judging = judging;
    }

    /** Takes a request that brings results; what it brings for calls that have theirs, or were never made, is dropped.
     *
     * @param asked id of the response that made the calls */
    void bring(FoldStep step, ResponseKey key, String asked, GenerationRequest request) {
        ResponseStep at = open.at(step, key);
        if (at == null) {
            begin(step, key, new ResponseKey(key.conversationId(), asked), request);
        } else if (at.response.state() instanceof RunState.Awaiting awaiting) {
            collect(at, awaiting, request, null);
        }
    }

    private void begin(FoldStep step, ResponseKey key, ResponseKey askedKey, GenerationRequest request) {
        OpenResponses.EarlyCancel cancel = open.earlyCancel(key);
        if (cancel == null && repeats.isRepeat(step, key)) {
            return;
        }
        Response asked = known.turn(askedKey, step.offset());
        GenerationRequest itsRequest = asked == null ? null : asked.getRequest();
        if (asked == null || itsRequest == null) {
            refuse(open(step, key, request, step.offset(), new RunState.Queued(step.time()), cancel));
            return;
        }
        ToolTurn turn = ToolTurn.of(asked);
        if (turn.missingAmong(request.getMessages()).isEmpty()) {
            return;
        }
        long historyBelow = known.terminalOffset(askedKey) + 1;
        RunState.Awaiting awaiting = new RunState.Awaiting(step.time() + limits.toolResultsMicros(), turn);
        GenerationRequest own = continuing(asked, itsRequest, request);
        ResponseStep at = open(step, key, own, historyBelow, awaiting, cancel);
        Envelope envelope = at.ofPrompt();
        TokenEvent end = null;
        if (cancel != null) {
            end = Endings.cancelled(envelope, at.response.judgedReason(cancel.reason()), "yes");
        } else if (!step.replaying() && open.areTooMany()) {
            end = Endings.overloaded(envelope, ErrorPhase.QUEUE);
        }
        collect(at, awaiting, request, end);
    }

    private ResponseStep open(
            FoldStep step,
            ResponseKey key,
            GenerationRequest request,
            long historyBelow,
            RunState state,
            OpenResponses.@Nullable EarlyCancel cancel) {
        open.takeEarlyCancel(key);
        IndexEntry entry = cancel == null ? IndexEntry.opened(step.offset(), step.time(), version) : cancel.entry();
        OpenResponse response = new OpenResponse(key, request, historyBelow, entry, state, moderation);
        ResponseStep at = open.add(step, response);
        at.say(new FoldOutcome.Remember(key, entry));
        return at;
    }

    private void refuse(ResponseStep at) {
        OpenResponse response = at.response;
        PromptJudgement judged = moderation.judged(response.request());
        response.ask(judged.request());
        Envelope own = at.ofPrompt();
        boolean shown = judged.refusal() == null && !response.line().gatesPrompts();
        String text = shown ? response.prompt().text() : "";
        at.publish(new TokenEvent.UserMessage(own, response.prompt().role(), text));
        at.end(Endings.nothingToContinue(own));
    }

    /** @param end to end with as soon as the results are on the tape; null to go on */
    private void collect(
            ResponseStep at, RunState.Awaiting awaiting, GenerationRequest request, @Nullable TokenEvent end) {
        OpenResponse response = at.response;
        List<Part> results = awaiting.turn().missingAmong(request.getMessages());
        if (results.isEmpty()) {
            return;
        }
        PromptJudgement judged = moderation.judged(withMessage(response.request(), ToolTurn.message(results)));
        Verdict verdict = judged.refusal();
        results = verdict == null
                ? awaiting.turn().missingAmong(judged.request().getMessages())
                : ToolTurn.silent(results);
        ToolTurn turn = awaiting.turn().with(results);
        GenerationRequest collected = withMessage(response.request(), turn.message());
        Envelope own = at.ofPrompt();
        if (!RecordRoom.holds(collected)) {
            at.end(Endings.requestTooLong(own));
            return;
        }
        response.collect(collected, turn);
        boolean goesOn = verdict == null && end == null && !open.isOverfull();
        if (goesOn) {
            response.line().prompt(own, PromptTurn.textOf(List.of(ToolTurn.message(results))));
        }
        boolean shown = goesOn || verdict == null && !response.line().gatesPrompts();
        for (Part result : results) {
            String text = shown && result.getText() != null ? result.getText() : "";
            at.publish(new TokenEvent.UserMessage(own, "tool", text, result.getToolCallId()));
        }
        judged.verdicts().forEach(noted -> at.publish(new TokenEvent.Moderated(own, noted)));
        if (verdict != null) {
            at.publish(new TokenEvent.Moderated(own, verdict));
            at.end(Endings.promptBlocked(own));
        } else if (end != null) {
            at.end(end);
        } else if (!goesOn) {
            at.end(Endings.overloaded(own, ErrorPhase.QUEUE));
        } else if (turn.isWhole()) {
            judging.handOut(at);
        } else {
            judging.proceed(at);
        }
    }

    /** Asks the model that made the calls, as it was asked then. */
    private static GenerationRequest continuing(
            Response asked, GenerationRequest itsRequest, GenerationRequest results) {
        String provider = asked.getProvider() == null ? itsRequest.getProvider() : asked.getProvider();
        String model = asked.getModel() == null ? itsRequest.getModel() : asked.getModel();
        boolean onFallback = provider.equals(itsRequest.getFallbackProvider());
        return GenerationRequest.newBuilder(itsRequest)
                .setFallbackProvider(onFallback ? null : itsRequest.getFallbackProvider())
                .setFallbackModel(onFallback ? null : itsRequest.getFallbackModel())
                .setResponseId(results.getResponseId())
                .setIdempotencyKey(results.getIdempotencyKey())
                .setRequestedAt(results.getRequestedAt())
                .setProvider(provider)
                .setModel(model)
                .setMessages(List.of())
                .setJoinHistory(true)
                .setContinues(asked.getResponseId())
                .setRetryOf(null)
                .setRuleSetVersion(results.getRuleSetVersion())
                .build();
    }

    private static GenerationRequest withMessage(GenerationRequest request, Message message) {
        return GenerationRequest.newBuilder(request)
                .setMessages(List.of(message))
                .build();
    }
}
