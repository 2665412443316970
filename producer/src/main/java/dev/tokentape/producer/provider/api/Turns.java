package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job's conversation, history first, made fit to be sent: without what every API refuses. That is empty text, and tool
 * calls that broke off or were never answered, which an answer that was cancelled or cut short leaves behind.
 */
public final class Turns {

    /** One message with at least one part. Role is user, assistant, system or tool. */
    public record Turn(String role, List<Part> parts) {}

    private Turns() {}

    public static List<Turn> of(GenerationJob job) {
        List<Message> messages = Stream.concat(job.getHistory().stream(), job.getRequest().getMessages().stream())
                .toList();
        Set<String> answered = new HashSet<>();
        for (Part part : allParts(messages)) {
            if (part.getType() == PartType.TOOL_RESULT && part.getToolCallId() != null) {
                answered.add(part.getToolCallId());
            }
        }
        Set<String> dropped = new HashSet<>();
        for (Part part : allParts(messages)) {
            if (part.getType() == PartType.TOOL_CALL && !isWhole(part, answered)) {
                dropped.add(String.valueOf(part.getToolCallId()));
            }
        }
        List<Turn> turns = new ArrayList<>();
        for (Message message : messages) {
            List<Part> kept = message.getParts().stream()
                    .filter(part -> isSendable(part, dropped))
                    .toList();
            if (!kept.isEmpty()) {
                turns.add(new Turn(message.getRole(), kept));
            }
        }
        return turns;
    }

    /** A tool call's arguments; none are an empty object; null if they are no JSON object. */
    public static @Nullable JsonNode arguments(Part call) {
        String text = call.getArguments();
        try {
            JsonNode arguments = Json.parse(text == null || text.isBlank() ? "{}" : text);
            return arguments.isObject() ? arguments : null;
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    private static List<Part> allParts(List<Message> messages) {
        return messages.stream().flatMap(message -> message.getParts().stream()).toList();
    }

    private static boolean isWhole(Part call, Set<String> answered) {
        return call.getToolCallId() != null && answered.contains(call.getToolCallId()) && arguments(call) != null;
    }

    private static boolean isSendable(Part part, Set<String> droppedCalls) {
        return switch (part.getType()) {
            case TEXT, THINKING, REDACTED_THINKING, REFUSAL ->
                !Objects.requireNonNullElse(part.getText(), "").isEmpty() || part.getSignature() != null;
            case TOOL_CALL, TOOL_RESULT -> !droppedCalls.contains(String.valueOf(part.getToolCallId()));
            case IMAGE, AUDIO, OTHER -> true;
        };
    }
}
