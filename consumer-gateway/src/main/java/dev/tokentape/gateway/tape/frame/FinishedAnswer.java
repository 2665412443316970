package dev.tokentape.gateway.tape.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer from history: which, and how it reads.
 *
 * @param lastSequence of its last event; -1 if that is not said
 */
public record FinishedAnswer(String responseId, long lastSequence, byte[] json) {

    private static final Logger LOG = LoggerFactory.getLogger(FinishedAnswer.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Understands what history tells of a conversation; what is not an answer is left out. */
    public static List<FinishedAnswer> of(String conversationId, List<byte[]> history) {
        return history.stream()
                .map(json -> read(conversationId, json))
                .filter(answer -> !answer.responseId.isEmpty())
                .toList();
    }

    private static FinishedAnswer read(String conversationId, byte[] json) {
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
            LOG.atWarn()
                    .addKeyValue("conversation", conversationId)
                    .setCause(e)
                    .log("history gave an answer that cannot be understood");
            return new FinishedAnswer("", -1, json);
        }
        return new FinishedAnswer(responseId, lastSequence, json);
    }
}
