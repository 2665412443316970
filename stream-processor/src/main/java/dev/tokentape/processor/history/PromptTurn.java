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
        return textOf(messages.stream()
                .filter(message -> !message.getRole().equals("system"))
                .toList());
    }

    /** All that a request says and the model has not said itself, joined by line breaks. */
    public static String asked(GenerationRequest request) {
        return textOf(request.getMessages().stream()
                .filter(message -> !message.getRole().equals("assistant"))
                .toList());
    }

    /** The text of messages, joined by line breaks. */
    public static String textOf(List<Message> messages) {
        return messages.stream()
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
