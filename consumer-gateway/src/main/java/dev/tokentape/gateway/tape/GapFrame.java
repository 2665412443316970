package dev.tokentape.gateway.tape;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the frame that tells a reader of a gap, with the assembled state from which it can go on.
 *
 * <p>At most {@link #MOST_BYTES} of finished answers go into it, the newest; {@code omitted} then says how many older ones
 * were left out.
 */
final class GapFrame {

    static final int MOST_BYTES = 4 << 20;

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

    /**
     * @param turns finished answers from history
     * @param views answers in memory; those that history has too are left out
     * @param responseId only this one; null for all
     */
    static Frame of(
            String cursor,
            String conversationId,
            GapReason reason,
            List<Turn> turns,
            List<Response> views,
            @Nullable String responseId) {
        Set<String> told = new HashSet<>();
        Deque<Turn> chosen = new ArrayDeque<>();
        int omitted = 0;
        long bytes = 0;
        for (Turn turn : turns.reversed()) {
            if (responseId != null && !turn.responseId().equals(responseId)) {
                continue;
            }
            told.add(turn.responseId());
            bytes += turn.json().length;
            if (bytes <= MOST_BYTES || chosen.isEmpty()) {
                chosen.addFirst(turn);
            } else {
                omitted++;
            }
        }
        int left = omitted;
        return EventEncoder.frame(cursor, false, json -> {
            json.writeStringField("type", "gap");
            json.writeStringField("conversation_id", conversationId);
            json.writeStringField("reason", reason.word());
            json.writeArrayFieldStart("responses");
            for (Turn turn : chosen) {
                json.writeRawValue(new String(turn.json(), StandardCharsets.UTF_8));
            }
            for (Response view : views) {
                if (!told.contains(view.getResponseId())
                        && (responseId == null || view.getResponseId().equals(responseId))) {
                    ResponseJson.write(json, view);
                }
            }
            json.writeEndArray();
            if (left > 0) {
                json.writeNumberField("omitted", left);
            }
        });
    }
}
