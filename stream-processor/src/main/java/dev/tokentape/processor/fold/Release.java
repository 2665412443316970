package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Screened;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;

/** What readers get to see of the owner's events: text as far as the hold-back lets it go, all within the bounds. */
final class Release {

    private final FoldLimits limits;
    private final OpenResponses open;
    private final Tape tape;
    private final Objections objections;
    private final Judging judging;

    Release(FoldLimits limits, OpenResponses open, Tape tape, Objections objections, Judging judging) {
        this.judging = judging;
        this.limits = limits;
        this.open = open;
        this.tape = tape;
        this.objections = objections;
    }

    void release(Step step, OpenResponse response, TokenEvent event) {
        take(step, response, event);
        if (open.get(response.key) == response && response.state instanceof RunState.Running) {
            judging.proceed(step, response);
        }
    }

    private void take(Step step, OpenResponse response, TokenEvent reported) {
        Screened screened = response.screened(reported);
        Finding objection = tape.publishNoted(step, response, screened.findings());
        if (objection != null) {
            objections.raise(step, response, objection, reported.isTerminal() ? reported : null);
        } else if (screened.event() != null) {
            show(step, response, screened.event());
        }
    }

    private void show(Step step, OpenResponse response, TokenEvent event) {
        switch (event) {
            case TokenEvent.BlockDelta delta -> delta(step, response, delta);
            case TokenEvent.BlockStop stop -> {
                if (tape.publish(step, response, response.stopped(stop)) instanceof Finding objection) {
                    objections.raise(step, response, objection, null);
                }
            }
            case TokenEvent.BlockStart start -> {
                TokenEvent.BlockDelta first = OpeningText.of(start);
                TokenEvent.BlockStart bare = first == null ? start : OpeningText.without(start);
                List<Gated> before = response.blockStarted(bare);
                if (response.hasTooManyBlocks()) {
                    tooLong(step, response);
                } else if (tape.publish(step, response, before) instanceof Finding objection) {
                    objections.raise(step, response, objection, null);
                } else {
                    tape.publish(step, response, bare);
                    if (first != null) {
                        delta(step, response, first);
                    }
                }
            }
            case TokenEvent.MessageStart start -> {
                tape.publish(step, response, response.messageStarted(start));
            }
            case TokenEvent.MessageDelta delta -> tape.publish(step, response, delta);
            case TokenEvent.MessageStop _, TokenEvent.Failed _, TokenEvent.Cancelled _ -> {
                if (tape.publish(step, response, response.flushAll()) instanceof Finding objection) {
                    objections.raise(step, response, objection, event);
                    return;
                }
                judging.end(step, response, event);
            }
            // Not for a run to say; its number is used up all the same.
            case TokenEvent.UserMessage _,
                    TokenEvent.Moderated _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> {}
        }
    }

    private void delta(Step step, OpenResponse response, TokenEvent.BlockDelta delta) {
        if (response.wouldOverflow(delta, limits.maxAnswerCharacters())) {
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            long most = limits.maxAnswerCharacters();
            boolean media = delta.type() == DeltaType.DATA;
            endAndStop(step, response, media ? Endings.mediaTooLong(own, most) : Endings.answerTooLong(own, most));
        } else if (open.isOverfull()) {
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            endAndStop(step, response, Endings.overloaded(own, ErrorPhase.MID_STREAM));
        } else {
            Finding objection = tape.publish(step, response, response.gated(delta));
            if (objection != null) {
                objections.raise(step, response, objection, null);
            }
        }
    }

    private void tooLong(Step step, OpenResponse response) {
        Envelope own = response.ownEnvelope(response.attempt, step.time());
        endAndStop(step, response, Endings.answerTooLong(own, limits.maxAnswerCharacters()));
    }

    private void endAndStop(Step step, OpenResponse response, TokenEvent.Failed terminal) {
        tape.endAndStop(step, response, terminal, terminal.error().getCode());
    }
}
