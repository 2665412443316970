package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/** What becomes of an answer that a rule objects to: another attempt with an instruction, or its end. */
final class Objections {

    private final Tape tape;
    private final Attempts attempts;

    Objections(Tape tape, Attempts attempts) {
        this.tape = tape;
        this.attempts = attempts;
    }

    /** @param lastWord the run's terminal event, where the objection is to the end of the answer; else null */
    void raise(Step step, OpenResponse response, Finding objection, @Nullable TokenEvent lastWord) {
        // What still waits for a verdict is not shown before one that ends the answer.
        response.line().drop();
        if (objection.action() instanceof Action.Regenerate(String instruction, int most) && response.mayRefine(most)) {
            say(step, response, objection.verdict());
            String owner = response.owner();
            if (owner != null && lastWord == null) {
                tape.stop(step, response.key, owner, "regenerate");
            }
            response.refine(instruction);
            attempts.again(step, response, AttemptReason.REGENERATED, objection.verdict());
            return;
        }
        tape.publishBlock(step, response, objection);
        if (lastWord == null) {
            Envelope own = response.ownEnvelope(response.attempt, step.time());
            tape.endAndStop(step, response, Endings.blocked(own), Endings.BLOCKED);
        } else {
            tape.end(step, response, Endings.blocked(lastWord));
        }
    }

    private void say(Step step, OpenResponse response, Verdict verdict) {
        Envelope own = response.ownEnvelope(response.attempt, step.time());
        tape.publish(step, response, new TokenEvent.Moderated(own, verdict));
    }
}
