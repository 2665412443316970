package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/** What becomes of an answer that a rule objects to: another attempt with an instruction, or its end. */
final class Objections {

    private final Attempts attempts;

    Objections(Attempts attempts) {
        this.attempts = attempts;
    }

    /** @param lastWord the run's terminal event, where the objection is to the end of the answer; else null */
    void raise(ResponseStep at, Finding objection, @Nullable TokenEvent lastWord) {
        OpenResponse response = at.response;
        // What still waits for a verdict is not shown before one that ends the answer.
        response.line().drop();
        if (objection.action() instanceof Action.Regenerate(String instruction, int most) && response.mayRefine(most)) {
            at.publish(new TokenEvent.Moderated(at.own(), objection.verdict()));
            if (lastWord == null) {
                at.stop(response.owner(), "regenerate");
            }
            response.refine(instruction);
            attempts.again(at, AttemptReason.REGENERATED, objection.verdict());
            return;
        }
        at.publishBlock(objection);
        if (lastWord == null) {
            at.endAndStop(Endings.blocked(at.own()), Endings.BLOCKED);
        } else {
            at.end(Endings.blocked(lastWord));
        }
    }
}
