package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** OpenAI's moderation endpoint: flags texts in which one of some words stands. */
public final class Moderations {

    public static final String PATH = "/v1/moderations";

    /** As calls of it are logged. */
    public static final String API = "openai-moderations";

    private static final List<String> CATEGORIES =
            List.of("harassment", "hate", "illicit", "self-harm", "sexual", "violence");
    private static final String FLAGGED_AS = "violence";
    private static final double HIGH = 0.97;
    private static final double LOW = 0.01;

    private Moderations() {}

    /**
     * The body of the answer.
     *
     * @param words what is flagged, in any case
     * @throws RequestRefused if the request has no input that can be read
     */
    public static ErrorReply answer(IncomingRequest request, AnswerIdentity identity, List<String> words)
            throws RequestRefused {
        JsonNode body = request.json();
        JsonNode input = body.path("input");
        if (!input.isTextual() && (!input.isArray() || input.isEmpty())) {
            throw new RequestRefused(400, "'input' must be a text, or a list of texts or parts.");
        }
        ObjectNode reply = WireJson.MAPPER.createObjectNode();
        reply.put("id", "modr-sim%06d".formatted(identity.number()));
        reply.put("model", body.path("model").asText("omni-moderation-latest"));
        ArrayNode results = reply.putArray("results");
        if (input.isArray() && input.get(0).isTextual()) {
            input.forEach(text -> result(results.addObject(), text.asText(""), words));
        } else {
            result(results.addObject(), WireJson.textOf(input), words);
        }
        return new ErrorReply(Map.of(), WireJson.bytes(reply));
    }

    private static void result(ObjectNode result, String text, List<String> words) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean flagged = words.stream().anyMatch(word -> lower.contains(word.toLowerCase(Locale.ROOT)));
        result.put("flagged", flagged);
        ObjectNode categories = result.putObject("categories");
        ObjectNode scores = result.putObject("category_scores");
        for (String category : CATEGORIES) {
            boolean hit = flagged && category.equals(FLAGGED_AS);
            categories.put(category, hit);
            scores.put(category, hit ? HIGH : LOW);
        }
    }
}
