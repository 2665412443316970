package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way of events to the readers, up to the terminal one, which closes the response. */
final class Tape {

    private final OpenResponses open;

    Tape(OpenResponses open) {
        this.open = open;
    }

    /** Puts an event on the tape, or in line behind what a moderation service has not judged yet. */
    void publish(Step step, OpenResponse response, TokenEvent event) {
        if (response.passes(event)) {
            show(step, response, event);
        } else {
            open.recount(response);
        }
    }

    /** Puts an event on the tape, whatever may wait. */
    void show(Step step, OpenResponse response, TokenEvent event) {
        step.say(new Outcome.Publish(response.onTape(event)));
        open.recount(response);
    }

    /**
     * Publishes what rules have let through, and what they decided that changes nothing but the text.
     *
     * @return what ends the answer, or this attempt at it; null if nothing does
     */
    @Nullable
    Finding publish(Step step, OpenResponse response, List<Gated> through) {
        for (Gated gated : through) {
            if (gated.event() != null) {
                publish(step, response, gated.event());
            }
            if (publishNoted(step, response, gated.findings()) instanceof Finding objection) {
                return objection;
            }
        }
        return null;
    }

    /** Publishes what rules decided; returns the first finding that ends the answer, or this attempt at it. */
    @Nullable
    Finding publishNoted(Step step, OpenResponse response, List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.action().ends()) {
                return finding;
            }
            publish(step, response, new TokenEvent.Moderated(ownEnvelope(step, response), finding.verdict()));
        }
        return null;
    }

    /** Publishes that a rule ends the answer; what still waits for a verdict is not shown any more. */
    void publishBlock(Step step, OpenResponse response, Finding objection) {
        Verdict verdict = Verdict.newBuilder(objection.verdict())
                .setAction(new Action.Block().word())
                .build();
        response.line().drop();
        show(step, response, new TokenEvent.Moderated(ownEnvelope(step, response), verdict));
    }

    private static Envelope ownEnvelope(Step step, OpenResponse response) {
        return response.ownEnvelope(response.attempt, step.time());
    }

    /** Shows of a prompt that waits for a verdict no more than that there is one. */
    void withhold(Step step, OpenResponse response) {
        List<TokenEvent> withheld = response.line().withheld();
        response.line().drop();
        withheld.forEach(event -> show(step, response, event));
    }

    /** Ends a response: its turn is stored before its terminal event is published. */
    void end(Step step, OpenResponse response, TokenEvent terminal) {
        withhold(step, response);
        TokenEvent published = response.onTape(terminal);
        EndedResponse ended = response.ended(step.time());
        open.remove(response);
        step.say(new Outcome.StoreTurn(response.key, step.offset(), ended.response()));
        step.say(new Outcome.Remember(response.key, response.entry.ended(step.offset(), step.time())));
        step.say(new Outcome.Publish(published));
        step.say(new Outcome.Complete(ended.response()));
        step.say(new Outcome.Measured(ended.metrics()));
    }

    /** Ends a response whose run may still speak, and has the run stopped. */
    void endAndStop(Step step, OpenResponse response, TokenEvent terminal, String reason) {
        String owner = response.owner();
        end(step, response, terminal);
        if (owner != null) {
            stop(step, response.key, owner, reason);
        }
    }

    /** Tells the producers to stop a run that is not wanted, or not wanted any more. */
    void stop(Step step, ResponseKey key, String runId, String reason) {
        order(step, ControlType.STOP_RUN, key, runId, reason);
    }

    /** Gives the producers an order. */
    void order(Step step, ControlType type, ResponseKey key, @Nullable String runId, String reason) {
        step.say(new Outcome.Stop(ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(key.conversationId())
                .setResponseId(key.responseId())
                .setRunId(runId)
                .setReason(reason)
                .setRequestedAt(OpenResponse.instant(step.time()))
                .build()));
    }
}
