package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One answer as {@code ask --json} prints it: what the gateway's document says of it, without its parts, and its times.
 */
final class AnswerResult {

    private static final List<String> FIELDS = List.of(
            "conversation_id",
            "response_id",
            "status",
            "outcome",
            "text",
            "thinking",
            "tool_calls",
            "stop_reason",
            "cancel_reason",
            "error",
            "usage",
            "provider",
            "model",
            "served_model");

    private AnswerResult() {}

    /** @param document the whole answer; what it does not say is null */
    static ObjectNode of(JsonNode document, AnswerTimes times) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        FIELDS.forEach(field -> result.set(field, document.get(field)));
        result.put("simulated", document.path("simulated").asBoolean());
        result.set("timings", times.json());
        return result;
    }

    static boolean endedWell(JsonNode document) {
        return document.path("status").asText().equals("completed")
                && !document.path("outcome").asText().equals("failed");
    }
}
