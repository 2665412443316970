package dev.tokentape.producer.provider.turns;

import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.List;

/** What one side says in a row: at least one part. Results of tools are the user's, and stand first. */
public record Turn(Role role, List<Part> parts) {

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }

    public Turn {
        parts = List.copyOf(parts);
    }

    static Turn text(Role role, String text) {
        return new Turn(
                role,
                List.of(Part.newBuilder().setType(PartType.TEXT).setText(text).build()));
    }

    public boolean isAssistants() {
        return role == Role.ASSISTANT;
    }

    public boolean bringsResults() {
        return parts.stream().anyMatch(Turn::isResult);
    }

    /** Whether it begins with a thought. */
    public boolean beginsWithThought() {
        return isThought(parts.getFirst());
    }

    static boolean isResult(Part part) {
        return part.getType() == PartType.TOOL_RESULT;
    }

    static boolean isThought(Part part) {
        return part.getType() == PartType.THINKING || part.getType() == PartType.REDACTED_THINKING;
    }
}
