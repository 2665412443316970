package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.provider.Habits;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The messages of a Chat Completions request. A tool's result is a message of its own here; what the model itself has
 * drawn or spoken cannot be sent back and is left out.
 */
final class ChatMessages {

    private final Habits habits;
    private final ChatThoughts thoughts;
    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();

    private ChatMessages(Habits habits, String model) {
        this.habits = habits;
        this.thoughts = new ChatThoughts(habits, model);
    }

    static ArrayNode of(Conversation conversation, Habits habits, String model) {
        ChatMessages all = new ChatMessages(habits, model);
        if (conversation.system() != null) {
            all.messages.addObject().put("role", "system").put("content", conversation.system());
        }
        for (Turn turn : conversation.turns()) {
            if (turn.isAssistants()) {
                all.assistant(turn);
            } else {
                all.asked(turn);
            }
        }
        all.goOnFromTheLast(conversation);
        return all.messages;
    }

    private void assistant(Turn turn) {
        List<Part> said = turn.parts().stream()
                .filter(part -> part.getType() == PartType.TEXT || part.getType() == PartType.REFUSAL)
                .toList();
        List<Part> calls = turn.parts().stream()
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
        thoughts.addTo(message, turn);
        if (!calls.isEmpty()) {
            ArrayNode toolCalls = message.putArray("tool_calls");
            calls.forEach(call -> call(toolCalls.addObject(), call));
            thoughts.signFirst(toolCalls);
        }
    }

    private void call(ObjectNode to, Part call) {
        to.put("id", call.getToolCallId());
        if ("custom".equals(Calls.kind(call))) {
            to.put("type", "custom")
                    .putObject("custom")
                    .put("name", call.getToolName())
                    .put("input", Objects.requireNonNullElse(call.getArguments(), ""));
        } else {
            to.put("type", "function")
                    .putObject("function")
                    .put("name", call.getToolName())
                    .put("arguments", Calls.argumentsText(call));
        }
        thoughts.addTo(to, call);
    }

    private void asked(Turn turn) {
        for (Part part : turn.parts()) {
            if (part.getType() == PartType.TOOL_RESULT) {
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", part.getToolCallId())
                        .put("content", Objects.requireNonNullElse(part.getText(), ""));
            }
        }
        List<Part> rest = turn.parts().stream()
                .filter(part -> part.getType() != PartType.TOOL_RESULT)
                .toList();
        if (!rest.isEmpty()) {
            content(messages.addObject().put("role", turn.role() == Turn.Role.SYSTEM ? "system" : "user"), rest);
        }
    }

    /** Mistral wants to be told that the last message is the beginning of its answer. */
    private void goOnFromTheLast(Conversation conversation) {
        boolean begun = !conversation.turns().isEmpty()
                && conversation.turns().getLast().isAssistants();
        if (begun && habits.wantsStrictOrder() && messages.get(messages.size() - 1) instanceof ObjectNode last) {
            last.put("prefix", true);
        }
    }

    private void content(ObjectNode message, List<Part> parts) {
        boolean plain = parts.stream().allMatch(part -> part.getType() == PartType.TEXT)
                || !habits.isVendor() && parts.stream().allMatch(ChatMessages::isWords);
        if (plain && (parts.size() == 1 || !habits.isVendor())) {
            message.put("content", parts.stream().map(Part::getText).collect(Collectors.joining("\n\n")));
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

    private static boolean isWords(Part part) {
        return part.getType() == PartType.TEXT || part.getType() == PartType.REFUSAL;
    }

    private static String formatOf(String mediaType) {
        return mediaType.equals("audio/mpeg") ? "mp3" : mediaType.substring(mediaType.indexOf('/') + 1);
    }
}
