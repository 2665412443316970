package dev.tokentape.gateway.tape.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.tape.Frame;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the frame that tells a reader of a gap, with the assembled state from which it can go on.
 *
 * <p>Its size is bounded by that of the {@link AssembledState}; {@code omitted} says how many older answers were left out.
 */
public final class GapFrame {

    private static final Logger LOG = LoggerFactory.getLogger(GapFrame.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private GapFrame() {}

    /**
     * A finished answer from history: which, and how it reads.
     *
     * @param lastSequence of its last event; -1 if that is not said
     */
    public record Turn(String responseId, long lastSequence, byte[] json) {

        /** Understands history's answers; what is not an answer is left out. */
        public static List<Turn> of(String conversationId, List<byte[]> history) {
            return history.stream()
                    .map(json -> read(conversationId, json))
                    .filter(turn -> !turn.responseId.isEmpty())
                    .toList();
        }

        private static Turn read(String conversationId, byte[] json) {
            String responseId = "";
            long lastSequence = -1;
            try (JsonParser parser = JSON.createParser(json)) {
                parser.nextToken();
                while ((responseId.isEmpty() || lastSequence < 0) && parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    switch (name) {
                        case "response_id" -> responseId = parser.getText();
                        case "last_sequence" -> lastSequence = parser.getValueAsLong(-1);
                        default -> parser.skipChildren();
                    }
                }
            } catch (IOException e) {
                LOG.warn("history gave an answer that cannot be understood: conversation={}", conversationId, e);
                return new Turn("", -1, json);
            }
            return new Turn(responseId, lastSequence, json);
        }
    }

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
