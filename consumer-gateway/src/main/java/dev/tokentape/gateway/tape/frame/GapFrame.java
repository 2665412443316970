package dev.tokentape.gateway.tape.frame;

import dev.tokentape.gateway.tape.Frame;

/**
 * Writes the frame that tells a reader of a gap, with the assembled state from which it can go on.
 *
 * <p>Its size is bounded by that of the {@link AssembledState}; {@code omitted} says how many older answers were left
 * out.
 */
public final class GapFrame {

    private GapFrame() {}

    public static Frame of(String cursor, String conversationId, GapReason reason, AssembledState state) {
        return EventEncoder.frame(cursor, false, json -> {
            json.writeStringField("type", "gap");
            json.writeStringField("conversation_id", conversationId);
            json.writeStringField("reason", reason.word());
            json.writeArrayFieldStart("responses");
            for (EventEncoder.Fields answer : state.answers()) {
                answer.write(json);
            }
            json.writeEndArray();
            if (state.omitted() > 0) {
                json.writeNumberField("omitted", state.omitted());
            }
        });
    }
}
