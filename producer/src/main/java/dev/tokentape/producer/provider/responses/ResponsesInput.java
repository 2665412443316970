package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The input items of a Responses request: messages, and beside them calls, their results and reasoning as items of their
 * own. What the model itself has drawn or spoken is left out.
 */
final class ResponsesInput {

    private final ArrayNode items = JsonNodeFactory.instance.arrayNode();
    private final List<Part> pending = new ArrayList<>();
    private String role = "user";

    private ResponsesInput() {}

    static ArrayNode of(GenerationJob job) {
        ResponsesInput input = new ResponsesInput();
        for (Turns.Turn turn : Turns.of(job)) {
            input.role = switch (turn.role()) {
                case "assistant", "system" -> turn.role();
                default -> "user";
            };
            turn.parts().forEach(input::add);
            input.message();
        }
        return input.items;
    }

    private void add(Part part) {
        switch (part.getType()) {
            case TEXT, REFUSAL, IMAGE, AUDIO, OTHER -> pending.add(part);
            case TOOL_CALL -> {
                String arguments = part.getArguments();
                item("function_call")
                        .put("call_id", part.getToolCallId())
                        .put("name", part.getToolName())
                        .put("arguments", arguments == null || arguments.isBlank() ? "{}" : arguments);
            }
            case TOOL_RESULT ->
                item("function_call_output")
                        .put("call_id", part.getToolCallId())
                        .put("output", Objects.requireNonNullElse(part.getText(), ""));
            case THINKING, REDACTED_THINKING -> {
                if (RequestFields.signedByOpenAi(part)) {
                    ObjectNode reasoning = item("reasoning");
                    ArrayNode summary = reasoning.putArray("summary");
                    if (part.getText() != null && !part.getText().isEmpty()) {
                        summary.addObject().put("type", "summary_text").put("text", part.getText());
                    }
                    reasoning.put("encrypted_content", part.getSignature());
                }
            }
        }
    }

    private ObjectNode item(String type) {
        message();
        return items.addObject().put("type", type);
    }

    /** Ends the message that neighbouring parts make. */
    private void message() {
        ArrayNode content = JsonNodeFactory.instance.arrayNode();
        for (Part part : pending) {
            ObjectNode to = role.equals("assistant") ? said(part) : asked(part);
            if (to != null) {
                content.add(to);
            }
        }
        if (!content.isEmpty()) {
            ObjectNode message = items.addObject().put("role", role);
            boolean plain = content.size() == 1 && content.get(0).has("text");
            message.set("content", plain ? content.get(0).get("text") : content);
        }
        pending.clear();
    }

    private static @Nullable ObjectNode said(Part part) {
        return switch (part.getType()) {
            case TEXT -> content("output_text").put("text", part.getText());
            case REFUSAL -> content("refusal").put("refusal", part.getText());
            default -> null;
        };
    }

    private static ObjectNode asked(Part part) {
        return switch (part.getType()) {
            case TEXT -> content("input_text").put("text", part.getText());
            case IMAGE -> content("input_image").put("image_url", RequestFields.address(part));
            default ->
                throw new UnsupportedRequestException(
                        "messages", "The Responses API takes no %s from a user".formatted(part.getType()));
        };
    }

    private static ObjectNode content(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
