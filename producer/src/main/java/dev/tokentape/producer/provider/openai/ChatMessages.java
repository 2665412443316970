package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a Chat Completions request. A tool's result is a message of its own here; thinking, and what the model
 * itself has drawn or spoken, cannot be sent back and is left out.
 */
final class ChatMessages {

    private static final int LONGEST_ID = 40;

    private ChatMessages() {}

    static ArrayNode of(GenerationJob job) {
        ArrayNode messages = JsonNodeFactory.instance.arrayNode();
        String system = job.getRequest().getSystem();
        if (system != null && !system.isEmpty()) {
            messages.addObject().put("role", "system").put("content", system);
        }
        for (Turns.Turn turn : Turns.of(job)) {
            if (turn.role().equals("assistant")) {
                assistant(messages, turn.parts());
            } else {
                asked(messages, turn);
            }
        }
        return messages;
    }

    private static void assistant(ArrayNode messages, List<Part> parts) {
        List<Part> said = parts.stream()
                .filter(part -> part.getType() == PartType.TEXT || part.getType() == PartType.REFUSAL)
                .toList();
        List<Part> calls = parts.stream()
                .filter(part -> part.getType() == PartType.TOOL_CALL)
                .toList();
        if (said.isEmpty() && calls.isEmpty()) {
            return;
        }
        ObjectNode message = messages.addObject().put("role", "assistant");
        if (said.isEmpty()) {
            message.putNull("content");
        } else {
            content(message, said);
        }
        if (!calls.isEmpty()) {
            ArrayNode toolCalls = message.putArray("tool_calls");
            for (Part call : calls) {
                String arguments = call.getArguments();
                ObjectNode function = toolCalls
                        .addObject()
                        .put("id", id(call))
                        .put("type", "function")
                        .putObject("function");
                function.put("name", call.getToolName())
                        .put("arguments", arguments == null || arguments.isBlank() ? "{}" : arguments);
            }
        }
    }

    private static void asked(ArrayNode messages, Turns.Turn turn) {
        for (Part part : turn.parts()) {
            if (part.getType() == PartType.TOOL_RESULT) {
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", id(part))
                        .put("content", Objects.requireNonNullElse(part.getText(), ""));
            }
        }
        List<Part> rest = turn.parts().stream()
                .filter(part -> part.getType() != PartType.TOOL_RESULT)
                .toList();
        if (!rest.isEmpty()) {
            content(messages.addObject().put("role", turn.role().equals("system") ? "system" : "user"), rest);
        }
    }

    private static void content(ObjectNode message, List<Part> parts) {
        if (parts.size() == 1 && parts.getFirst().getType() == PartType.TEXT) {
            message.put("content", parts.getFirst().getText());
            return;
        }
        ArrayNode content = message.putArray("content");
        for (Part part : parts) {
            ObjectNode to = content.addObject();
            switch (part.getType()) {
                case TEXT -> to.put("type", "text").put("text", part.getText());
                case REFUSAL -> to.put("type", "refusal").put("refusal", part.getText());
                case IMAGE ->
                    to.put("type", "image_url").putObject("image_url").put("url", RequestFields.address(part));
                case AUDIO -> {
                    if (part.getData() == null || part.getMediaType() == null) {
                        throw new UnsupportedRequestException(
                                "messages", "Chat Completions takes audio only as data with its media_type");
                    }
                    to.put("type", "input_audio")
                            .putObject("input_audio")
                            .put("data", part.getData())
                            .put("format", formatOf(part.getMediaType()));
                }
                case THINKING, REDACTED_THINKING, TOOL_CALL, TOOL_RESULT, OTHER ->
                    throw new UnsupportedRequestException(
                            "messages", "Chat Completions takes no %s from a user".formatted(part.getType()));
            }
        }
    }

    /** A call's id; shortened alike for call and result where it came from an API that allows more than OpenAI's 40. */
    private static @Nullable String id(Part part) {
        String id = part.getToolCallId();
        return id == null || id.length() <= LONGEST_ID
                ? id
                : "call_"
                        + UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8))
                                .toString()
                                .replace("-", "");
    }

    private static String formatOf(String mediaType) {
        return switch (mediaType) {
            case "audio/mpeg" -> "mp3";
            case "audio/wave", "audio/x-wav", "audio/vnd.wave" -> "wav";
            default -> mediaType.substring(mediaType.indexOf('/') + 1);
        };
    }
}
