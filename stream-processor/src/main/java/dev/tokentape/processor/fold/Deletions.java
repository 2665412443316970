package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What becomes of an order to delete a conversation: every answer that is open ends there, what has ended leaves the
 * history, the reports on all of them are taken back, and at last readers are told. Whoever asks in that conversation
 * afterwards begins with an empty history.
 */
final class Deletions {

    private static final String DELETED = "deleted";

    private final KnownResponses known;
    private final Repeats repeats;
    private final OpenResponses open;

    Deletions(KnownResponses known, Repeats repeats, OpenResponses open) {
        this.known = known;
        this.repeats = repeats;
        this.open = open;
    }

    void delete(FoldStep step, ResponseKey key, ControlCommand command) {
        boolean took = known.deletedBelow(key.conversationId(), step.offset() + 1) == step.offset();
        if (step.replaying() ? !took : repeats.isRepeat(step, key)) {
            return;
        }
        long deletedBefore = known.deletedBelow(key.conversationId(), step.offset());
        step.say(new FoldOutcome.Delete(key, step.offset()));
        Set<ResponseKey> gone = new LinkedHashSet<>();
        for (OpenResponse response : open.in(key.conversationId())) {
            gone.add(response.key);
            end(step, open.at(step, response));
        }
        known.ended(key.conversationId(), deletedBefore, step.offset(), gone::add);
        gone.remove(key);
        gone.forEach(response -> step.say(new FoldOutcome.Retract(response)));
        step.say(new FoldOutcome.Publish(new TokenEvent.ConversationDeleted(
                Envelope.ofSystem(key.conversationId(), key.responseId(), 0, Micros.of(command.getRequestedAt())))));
    }

    /** Its run is not waited for: nothing that it could still say is wanted. */
    private static void end(FoldStep step, ResponseStep at) {
        boolean mayRun = switch (at.response.state()) {
            case RunState.Awaiting _, RunState.Held _, RunState.Judged _ -> false;
            case RunState.Queued _, RunState.Running _, RunState.Cancelling _ -> true;
        };
        TokenEvent end = Cancels.withoutRun(at, DELETED);
        at.end(end != null ? end : Endings.cancelled(at.own(), DELETED, "unknown"));
        if (mayRun) {
            // A cancel and not the stop of a run: producers remember it, and do not begin a job that waits.
            step.order(ControlType.CANCEL, at.key(), null, DELETED);
        }
    }
}
