package dev.tokentape.producer.provider.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.producer.provider.turns.TurnRule;
import dev.tokentape.producer.provider.turns.TurnRules;
import dev.tokentape.producer.provider.turns.TurnRules.Thoughts;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The turns of a Messages request. The API knows two roles, which alternate; tool results are the user's. */
final class MessagesTurns {

    static final TurnRules RULES = TurnRules.of(
            Thoughts.SEALED,
            CallIdRule.unique("[a-zA-Z0-9_-]+"),
            TurnRule.ROLES_ALTERNATE,
            TurnRule.STARTS_WITH_USER,
            TurnRule.ONE_SYSTEM,
            TurnRule.NO_BLANK_TEXT,
            TurnRule.NO_SPACE_AT_THE_END,
            TurnRule.OWN_ITEMS);

    /** Calls of the server's own tools, which must stand beside their results. */
    private static final Set<String> SERVED = Set.of("server_tool_use", "mcp_tool_use");

    private MessagesTurns() {}

    static ArrayNode of(List<Turn> turns) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        for (Turn turn : turns) {
            boolean goneOnFrom = turn == turns.getLast();
            ArrayNode content = JsonNodeFactory.instance.arrayNode();
            if (turn.isAssistants()) {
                Set<String> answered = answeredByServer(turn);
                for (Part part : turn.parts()) {
                    ObjectNode block = said(part);
                    boolean lone = SERVED.contains(typeOf(block)) && !answered.contains(part.getToolCallId());
                    if (block != null && (goneOnFrom || !lone)) {
                        content.add(block);
                    }
                }
            } else {
                turn.parts().forEach(part -> content.add(asked(part)));
            }
            if (content.isEmpty()) {
                continue;
            }
            boolean plain =
                    content.size() == 1 && typeOf((ObjectNode) content.get(0)).equals("text");
            messages.addObject()
                    .put("role", turn.isAssistants() ? "assistant" : "user")
                    .set("content", plain ? content.get(0).get("text") : content);
        }
        return messages;
    }

    private static Set<String> answeredByServer(Turn turn) {
        return turn.parts().stream()
                .filter(part -> part.getType() == PartType.OTHER && part.getArguments() == null)
                .map(Part::getToolCallId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** What the model said; null for what cannot be sent back. */
    private static @Nullable ObjectNode said(Part part) {
        return switch (part.getType()) {
            case TEXT, REFUSAL -> block("text").put("text", part.getText());
            case THINKING ->
                block("thinking")
                        .put("thinking", Objects.requireNonNullElse(part.getText(), ""))
                        .put("signature", part.getSignature());
            case REDACTED_THINKING -> block("redacted_thinking").put("data", part.getText());
            case TOOL_CALL -> {
                ObjectNode call =
                        block("tool_use").put("id", part.getToolCallId()).put("name", part.getToolName());
                call.set("input", Calls.arguments(part));
                yield call;
            }
            case OTHER -> item(part);
            case IMAGE, AUDIO, TOOL_RESULT -> null;
        };
    }

    /** A block of the server's own: a step of its tools, or its digest of a conversation that was too long. */
    private static @Nullable ObjectNode item(Part part) {
        ObjectNode facts = Calls.facts(part);
        if (part.getArguments() != null) {
            ObjectNode use = facts.has("type") ? facts : facts.put("type", "server_tool_use");
            use.put("id", part.getToolCallId()).put("name", part.getToolName());
            use.set("input", Calls.arguments(part));
            return use;
        }
        if (typeOf(facts).equals("compaction")) {
            String text = part.getText();
            if (text != null && !text.isEmpty()) {
                facts.put("content", text);
            }
            if (part.getSignature() != null) {
                facts.put("encrypted_content", part.getSignature());
            }
        }
        return typeOf(facts).isEmpty() ? null : facts;
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

    private static String typeOf(@Nullable ObjectNode block) {
        return block == null ? "" : block.path("type").asText();
    }

    private static ObjectNode block(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
