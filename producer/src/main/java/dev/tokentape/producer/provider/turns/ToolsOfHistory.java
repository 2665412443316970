package dev.tokentape.producer.provider.turns;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tools that a conversation has used, for APIs that refuse calls of tools which a request does not define. */
public final class ToolsOfHistory {

    private ToolsOfHistory() {}

    /** The request's own tools; where it has none, those that the conversation called, by name alone. */
    public static List<Tool> of(GenerationRequest request, Conversation conversation) {
        if (!request.getTools().isEmpty()) {
            return request.getTools();
        }
        Map<String, Tool> called = new LinkedHashMap<>();
        for (Turn turn : conversation.turns()) {
            for (Part part : turn.parts()) {
                if (part.getType() == PartType.TOOL_CALL) {
                    called.computeIfAbsent(String.valueOf(part.getToolName()), ToolsOfHistory::unknown);
                }
            }
        }
        return List.copyOf(called.values());
    }

    private static Tool unknown(String name) {
        return Tool.newBuilder()
                .setName(name)
                .setDescription("Was used earlier in this conversation; not to be used now.")
                .setParameters("{\"type\":\"object\"}")
                .build();
    }
}
