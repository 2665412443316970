package dev.tokentape.processor.history;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The turn that a request adds to its conversation: its messages after the last one that the model said itself.
 *
 * @param messages the turn's messages, oldest first
 */
public record PromptTurn(List<Message> messages) {

    private static final String TOOL = "tool";

    public static PromptTurn of(GenerationRequest request) {
        List<Message> all = request.getMessages();
        int start = all.size();
        while (start > 0 && !all.get(start - 1).getRole().equals("assistant")) {
            start--;
        }
        return new PromptTurn(List.copyOf(all.subList(start, all.size())));
    }

    /** {@code tool} where the turn brings tool results, else {@code user}. */
    public String role() {
        return messages.stream().anyMatch(PromptTurn::bringsToolResults) ? TOOL : "user";
    }

    /** The text of its user's or tools' messages, joined by line breaks. */
    public String text() {
        return messages.stream()
                .filter(message -> !message.getRole().equals("system"))
                .flatMap(message -> message.getParts().stream())
                .filter(part -> part.getText() != null && isText(part))
                .map(Part::getText)
                .collect(Collectors.joining("\n"));
    }

    private static boolean isText(Part part) {
        return part.getType() == PartType.TEXT || part.getType() == PartType.TOOL_RESULT;
    }

    private static boolean bringsToolResults(Message message) {
        return message.getRole().equals(TOOL)
                || message.getParts().stream().anyMatch(part -> part.getType() == PartType.TOOL_RESULT);
    }
}
