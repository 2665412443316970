package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a Converse request: two roles that must alternate, so neighbouring turns of one role become one; tool
 * results are the user's and come first.
 */
final class ConverseMessages {

    private ConverseMessages() {}

    static ArrayNode of(List<Turns.Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        String lastRole = "";
        for (Turns.Turn turn : turns) {
            if (turn.role().equals("system")) {
                continue;
            }
            boolean assistant = turn.role().equals("assistant");
            String role = assistant ? "assistant" : "user";
            for (Part part : resultsFirst(turn.parts())) {
                ObjectNode block = assistant ? said(part) : asked(part);
                if (block == null) {
                    continue;
                }
                if (!role.equals(lastRole)) {
                    messages.addObject().put("role", role).putArray("content");
                    lastRole = role;
                }
                ((ArrayNode) messages.get(messages.size() - 1).get("content")).add(block);
            }
        }
        return messages;
    }

    private static List<Part> resultsFirst(List<Part> parts) {
        return parts.stream()
                .sorted(Comparator.comparing((Part part) -> part.getType() != PartType.TOOL_RESULT))
                .toList();
    }

    /** What the model said; null for what cannot be sent back: unsigned thinking, its own pictures and sounds. */
    private static @Nullable ObjectNode said(Part part) {
        ObjectNode block = JsonNodeFactory.instance.objectNode();
        return switch (part.getType()) {
            case TEXT, REFUSAL -> block.put("text", part.getText());
            case THINKING -> {
                if (part.getSignature() == null || RequestFields.signedByOpenAi(part)) {
                    yield null;
                }
                block.putObject("reasoningContent")
                        .putObject("reasoningText")
                        .put("text", part.getText() == null ? "" : part.getText())
                        .put("signature", part.getSignature());
                yield block;
            }
            case REDACTED_THINKING -> {
                block.putObject("reasoningContent").put("redactedContent", part.getText());
                yield block;
            }
            case TOOL_CALL -> {
                ObjectNode call = block.putObject("toolUse")
                        .put("toolUseId", part.getToolCallId())
                        .put("name", part.getToolName());
                call.set("input", Turns.arguments(part));
                yield block;
            }
            case IMAGE, AUDIO, TOOL_RESULT, OTHER -> null;
        };
    }

    private static ObjectNode asked(Part part) {
        ObjectNode block = JsonNodeFactory.instance.objectNode();
        return switch (part.getType()) {
            case TEXT -> block.put("text", part.getText());
            case IMAGE -> image(part, block);
            case TOOL_RESULT -> {
                ObjectNode result = block.putObject("toolResult").put("toolUseId", part.getToolCallId());
                ArrayNode content = result.putArray("content");
                if (part.getText() != null && !part.getText().isEmpty()) {
                    content.addObject().put("text", part.getText());
                }
                if (Boolean.TRUE.equals(part.getIsError())) {
                    result.put("status", "error");
                }
                yield block;
            }
            case THINKING, REDACTED_THINKING, REFUSAL, AUDIO, TOOL_CALL, OTHER ->
                throw new UnsupportedRequestException(
                        "messages", "Bedrock takes no %s from a user".formatted(part.getType()));
        };
    }

    private static ObjectNode image(Part part, ObjectNode block) {
        String type = part.getMediaType();
        String format = type != null && type.startsWith("image/") ? type.substring("image/".length()) : null;
        boolean stored = part.getUrl() != null && part.getUrl().startsWith("s3://");
        if (format == null || part.getData() == null && !stored) {
            throw new UnsupportedRequestException(
                    "messages", "Bedrock takes images as data or from s3://, with their media_type");
        }
        ObjectNode source = block.putObject("image")
                .put("format", format.equals("jpg") ? "jpeg" : format)
                .putObject("source");
        if (part.getData() != null) {
            source.put("bytes", part.getData());
        } else {
            source.putObject("s3Location").put("uri", part.getUrl());
        }
        return block;
    }
}
