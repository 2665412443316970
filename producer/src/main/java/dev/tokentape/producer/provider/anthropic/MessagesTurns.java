package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a Messages request. The API knows two roles and wants them to alternate: tool results are the user's, and
 * neighbouring turns of one role become one.
 */
final class MessagesTurns {

    private MessagesTurns() {}

    static ArrayNode of(List<Turns.Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        String lastRole = "";
        for (Turns.Turn turn : turns) {
            if (turn.role().equals("system")) {
                continue;
            }
            String role = turn.role().equals("assistant") ? "assistant" : "user";
            ArrayNode content = JsonNodeFactory.instance.arrayNode();
            for (Part part : turn.parts()) {
                ObjectNode block = role.equals("assistant") ? said(part) : asked(part);
                if (block != null) {
                    content.add(block);
                }
            }
            if (content.isEmpty()) {
                continue;
            }
            if (role.equals(lastRole)) {
                ((ArrayNode) messages.get(messages.size() - 1).get("content")).addAll(content);
            } else {
                messages.addObject().put("role", role).set("content", content);
                lastRole = role;
            }
        }
        messages.forEach(message -> resultsFirst((ObjectNode) message));
        return messages;
    }

    /** The API wants the results of tools before anything else the user says. */
    private static void resultsFirst(ObjectNode message) {
        ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
        for (boolean results : new boolean[] {true, false}) {
            message.get("content").forEach(block -> {
                if (block.path("type").asText().equals("tool_result") == results) {
                    sorted.add(block);
                }
            });
        }
        boolean plain =
                sorted.size() == 1 && sorted.get(0).path("type").asText().equals("text");
        message.set("content", plain ? sorted.get(0).get("text") : sorted);
    }

    /** What the model said; null for what cannot be sent back: unsigned thinking, its own pictures and sounds. */
    private static @Nullable ObjectNode said(Part part) {
        return switch (part.getType()) {
            case TEXT, REFUSAL -> block("text").put("text", part.getText());
            case THINKING ->
                part.getSignature() == null || RequestFields.signedByOpenAi(part)
                        ? null
                        : block("thinking")
                                .put("thinking", part.getText() == null ? "" : part.getText())
                                .put("signature", part.getSignature());
            case REDACTED_THINKING -> block("redacted_thinking").put("data", part.getText());
            case TOOL_CALL -> {
                ObjectNode call =
                        block("tool_use").put("id", part.getToolCallId()).put("name", part.getToolName());
                call.set("input", Turns.arguments(part));
                yield call;
            }
            case IMAGE, AUDIO, TOOL_RESULT, OTHER -> null;
        };
    }

    private static ObjectNode asked(Part part) {
        return switch (part.getType()) {
            case TEXT -> block("text").put("text", part.getText());
            case IMAGE -> image(part);
            case TOOL_RESULT -> {
                ObjectNode result = block("tool_result").put("tool_use_id", part.getToolCallId());
                if (part.getText() != null && !part.getText().isEmpty()) {
                    result.put("content", part.getText());
                }
                if (Boolean.TRUE.equals(part.getIsError())) {
                    result.put("is_error", true);
                }
                yield result;
            }
            case THINKING, REDACTED_THINKING, REFUSAL, AUDIO, TOOL_CALL, OTHER ->
                throw new UnsupportedRequestException(
                        "messages", "Anthropic takes no %s from a user".formatted(part.getType()));
        };
    }

    private static ObjectNode image(Part part) {
        ObjectNode image = block("image");
        ObjectNode source = image.putObject("source");
        if (part.getUrl() == null && RequestFields.address(part).startsWith("data:")) {
            source.put("type", "base64").put("media_type", part.getMediaType()).put("data", part.getData());
        } else {
            source.put("type", "url").put("url", part.getUrl());
        }
        return image;
    }

    private static ObjectNode block(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
