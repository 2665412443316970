package dev.tokentape.producer.provider.bedrock;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.producer.provider.turns.TurnRule;
import dev.tokentape.producer.provider.turns.TurnRules;
import dev.tokentape.producer.provider.turns.TurnRules.Thoughts;
import dev.tokentape.schemas.avro.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of a Converse request: two roles, which alternate; tool results are the user's. */
final class ConverseMessages {

    static final TurnRules RULES = TurnRules.of(
            Thoughts.SEALED,
            CallIdRule.unique("[a-zA-Z0-9_-]{1,64}"),
            TurnRule.SERVES_SEVERAL_VENDORS,
            TurnRule.ROLES_ALTERNATE,
            TurnRule.STARTS_WITH_USER,
            TurnRule.ONE_SYSTEM,
            TurnRule.NO_BLANK_TEXT,
            TurnRule.NO_EMPTY_RESULT,
            TurnRule.NO_SPACE_AT_THE_END);

    private ConverseMessages() {}

    static ArrayNode of(List<Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        for (Turn turn : turns) {
            ArrayNode content = JsonNodeFactory.instance.arrayNode();
            for (Part part : turn.parts()) {
                ObjectNode block = turn.isAssistants() ? said(part) : asked(part);
                if (block != null) {
                    content.add(block);
                }
            }
            if (!content.isEmpty()) {
                messages.addObject()
                        .put("role", turn.isAssistants() ? "assistant" : "user")
                        .set("content", content);
            }
        }
        return messages;
    }

    /** What the model said; null for what cannot be sent back. */
    private static @Nullable ObjectNode said(Part part) {
        ObjectNode block = JsonNodeFactory.instance.objectNode();
        return switch (part.getType()) {
            case TEXT, REFUSAL -> block.put("text", part.getText());
            case THINKING -> {
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
                call.set("input", Calls.arguments(part));
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
                result.putArray("content").addObject().put("text", part.getText());
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
        ObjectNode source = block.putObject("image").put("format", format).putObject("source");
        if (part.getData() != null) {
            source.put("bytes", part.getData());
        } else {
            source.putObject("s3Location").put("uri", part.getUrl());
        }
        return block;
    }
}
