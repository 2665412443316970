package dev.tokentape.gateway.tape;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the frame that tells a reader of a gap, with the assembled state from which it can go on.
 *
 * <p>Its size is bounded by that of the {@link AssembledState}; {@code omitted} says how many older answers were left out.
 */
final class GapFrame {

    private static final Logger LOG = LoggerFactory.getLogger(GapFrame.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private GapFrame() {}

    /** A finished answer from history: whose it is, and how it reads. */
    record Turn(String responseId, byte[] json) {

        /** Understands history's answers; what is not an answer is left out. */
        static List<Turn> of(String conversationId, List<byte[]> history) {
            return history.stream()
                    .map(json -> new Turn(idOf(conversationId, json), json))
                    .filter(turn -> !turn.responseId.isEmpty())
                    .toList();
        }

        private static String idOf(String conversationId, byte[] json) {
            try (JsonParser parser = JSON.createParser(json)) {
                parser.nextToken();
                for (JsonToken token = parser.nextToken(); token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
                    String name = parser.currentName();
                    parser.nextToken();
                    if (name.equals("response_id")) {
                        return parser.getText();
                    }
                    parser.skipChildren();
                }
            } catch (IOException e) {
                LOG.warn("history gave an answer that is not JSON: conversation={}", conversationId, e);
            }
            return "";
        }
    }

    static Frame of(String cursor, String conversationId, GapReason reason, AssembledState state) {
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
