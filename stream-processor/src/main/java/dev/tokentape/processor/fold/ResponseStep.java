package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One open response at the journal record that is folded: the way of events to its readers, up to the terminal one,
 * which closes it.
 */
final class ResponseStep {

    final OpenResponse response;
    private final FoldStep step;
    private final OpenResponses open;

    ResponseStep(FoldStep step, OpenResponse response, OpenResponses open) {
        this.step = step;
        this.response = response;
        this.open = open;
    }

    ResponseKey key() {
        return response.key;
    }

    /** Journal offset of the record. */
    long offset() {
        return step.offset();
    }

    /** The journal's time of the record; microseconds since 1970 UTC. */
    long time() {
        return step.time();
    }

    boolean replaying() {
        return step.replaying();
    }

    void say(FoldOutcome outcome) {
        step.say(outcome);
    }

    /** Whether it has not ended by what was said so far. */
    boolean isOpen() {
        return open.get(response.key) == response;
    }

    /** An envelope for what the fold itself has to say of the current attempt. */
    Envelope own() {
        return response.ownEnvelope(response.attempt(), step.time());
    }

    /** An envelope for what the fold has to say of what is asked, before any attempt. */
    Envelope ofPrompt() {
        return response.ownEnvelope(0, step.time());
    }

    /** Puts an event on the tape, or in line behind what a moderation service has not judged yet. */
    void publish(TokenEvent event) {
        TokenEvent passed = response.pass(event, step.offset());
        if (passed != null) {
            step.say(new FoldOutcome.Publish(passed));
        }
    }

    /** Puts an event on the tape, whatever may wait. */
    void show(TokenEvent event) {
        step.say(new FoldOutcome.Publish(response.onTape(event, step.offset())));
    }

    /**
     * Publishes what rules have let through, and what they decided that changes nothing but the text.
     *
     * @return what ends the answer, or this attempt at it; null if nothing does
     */
    @Nullable
    Finding publish(List<Gated> through) {
        for (Gated gated : through) {
            if (gated.event() != null) {
                publish(gated.event());
            }
            if (publishNoted(gated.findings()) instanceof Finding objection) {
                return objection;
            }
        }
        return null;
    }

    /** Publishes what rules decided; returns the first finding that ends the answer, or this attempt at it. */
    @Nullable
    Finding publishNoted(List<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.action().ends()) {
                return finding;
            }
            publish(new TokenEvent.Moderated(own(), finding.verdict()));
        }
        return null;
    }

    /** Publishes that a rule ends the answer; what still waits for a verdict is not shown any more. */
    void publishBlock(Finding objection) {
        Verdict verdict = Verdict.newBuilder(objection.verdict())
                .setAction(new Action.Block().word())
                .build();
        response.line().drop();
        show(new TokenEvent.Moderated(own(), verdict));
    }

    /** Shows of a prompt that waits for a verdict no more than that there is one. */
    void withhold() {
        List<TokenEvent> withheld = response.line().withheld();
        response.line().drop();
        withheld.forEach(this::show);
    }

    /** Ends a response: its turn is stored before its terminal event is published. */
    void end(TokenEvent terminal) {
        withhold();
        TokenEvent published = response.onTape(terminal, step.offset());
        EndedResponse ended = response.ended(step.time());
        open.remove(response);
        step.say(new FoldOutcome.StoreTurn(response.key, step.offset(), response.askedOffset(), ended.response()));
        step.say(new FoldOutcome.Remember(response.key, response.entry.ended(step.offset(), step.time())));
        step.say(new FoldOutcome.Publish(published));
        step.say(new FoldOutcome.Complete(ended.response()));
        step.say(new FoldOutcome.Measured(ended.metrics()));
    }

    /** Ends a response whose run may still speak, and has the run stopped. */
    void endAndStop(TokenEvent terminal, String reason) {
        String owner = response.owner();
        end(terminal);
        stop(owner, reason);
    }

    /** Tells the producers to stop a run that is not wanted any more; null is none. */
    void stop(@Nullable String runId, String reason) {
        if (runId != null) {
            step.stop(response.key, runId, reason);
        }
    }
}
