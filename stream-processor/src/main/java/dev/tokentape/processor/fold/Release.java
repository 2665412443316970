package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Screened;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;

/** What readers get to see of the owner's events: text as far as the hold-back lets it go, all within the bounds. */
final class Release {

    private final FoldLimits limits;
    private final OpenResponses open;
    private final Objections objections;
    private final Judging judging;

    Release(FoldLimits limits, OpenResponses open, Objections objections, Judging judging) {
        this.judging = judging;
        this.limits = limits;
        this.open = open;
        this.objections = objections;
    }

    void release(ResponseStep at, TokenEvent event) {
        if (event instanceof TokenEvent.BlockDelta delta) {
            boolean full = open.isOverfull();
            pass(at, delta, at.response.take(delta, limits.maxAnswerCharacters(), full));
        } else {
            take(at, event);
        }
        if (at.isOpen() && at.response.state() instanceof RunState.Running) {
            judging.proceed(at);
        }
    }

    private void take(ResponseStep at, TokenEvent reported) {
        OpenResponse response = at.response;
        Screened screened = response.screened(reported);
        Finding objection = at.publishNoted(screened.findings());
        if (objection != null) {
            objections.raise(at, objection, reported.isTerminal() ? reported : null);
        } else if (screened.event() != null) {
            show(at, screened.event());
        }
    }

    private void show(ResponseStep at, TokenEvent event) {
        OpenResponse response = at.response;
        switch (event) {
            case TokenEvent.BlockStop stop -> {
                if (at.publish(response.stopped(stop)) instanceof Finding objection) {
                    objections.raise(at, objection, null);
                }
            }
            case TokenEvent.BlockStart start -> {
                TokenEvent.BlockDelta first = OpeningText.of(start);
                TokenEvent.BlockStart bare = first == null ? start : OpeningText.without(start);
                List<Gated> before = response.blockStarted(bare);
                if (response.hasTooManyBlocks()) {
                    tooLong(at, DeltaType.OTHER);
                } else if (at.publish(before) instanceof Finding objection) {
                    objections.raise(at, objection, null);
                } else {
                    at.publish(bare);
                    if (first != null) {
                        boolean full = open.isOverfull();
                        pass(at, first, response.takeOpening(first, limits.maxAnswerCharacters(), full));
                    }
                }
            }
            case TokenEvent.MessageStart start -> {
                at.publish(response.messageStarted(start));
            }
            case TokenEvent.MessageDelta delta -> at.publish(delta);
            case TokenEvent.MessageStop _, TokenEvent.Failed _, TokenEvent.Cancelled _ -> {
                if (at.publish(response.flushAll()) instanceof Finding objection) {
                    objections.raise(at, objection, event);
                    return;
                }
                judging.end(at, event);
            }
            // Deltas have been taken; the others are not for a run to say, and their numbers are used up all the same.
            case TokenEvent.BlockDelta _,
                    TokenEvent.UserMessage _,
                    TokenEvent.Moderated _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> {}
        }
    }

    private void pass(ResponseStep at, TokenEvent.BlockDelta delta, TakenDelta taken) {
        Finding objection = at.publishNoted(taken.noted());
        if (objection == null) {
            switch (taken.fit()) {
                case FITS -> objection = at.publish(taken.through());
                case TOO_LONG -> tooLong(at, delta.type());
                case NO_ROOM -> endAndStop(at, Endings.overloaded(at.own(), ErrorPhase.MID_STREAM));
            }
        }
        if (objection != null) {
            objections.raise(at, objection, null);
        }
    }

    private void tooLong(ResponseStep at, DeltaType of) {
        long most = limits.maxAnswerCharacters();
        endAndStop(
                at,
                of == DeltaType.DATA ? Endings.mediaTooLong(at.own(), most) : Endings.answerTooLong(at.own(), most));
    }

    private static void endAndStop(ResponseStep at, TokenEvent.Failed terminal) {
        at.endAndStop(terminal, terminal.error().getCode());
    }
}
