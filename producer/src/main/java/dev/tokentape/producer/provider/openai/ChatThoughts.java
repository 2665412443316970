package dev.tokentape.producer.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.SealedThinking;
import dev.tokentape.producer.provider.model.GeminiModels;
import dev.tokentape.producer.provider.model.OpenModels;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.provider.Habits;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a server of the Chat Completions API is told again of its own thinking. The API has no place for it, so each has
 * made one: a field with the text, details or blocks beside the message, or a signature in a call. OpenAI has none.
 */
final class ChatThoughts {

    /** Fields of a call in which a server keeps what it needs again. */
    private static final List<String> KEPT_IN_CALLS = List.of("extra_content", "provider_specific_fields");

    private final Habits habits;
    private final boolean withCalls;
    private final boolean signed;

    ChatThoughts(Habits habits, String model) {
        this.habits = habits;
        this.withCalls = OpenModels.wantThoughtsWithCalls(habits, model);
        this.signed = habits.thoughts() == Habits.Thoughts.SIGNED_CALLS && GeminiModels.wantSignedCalls(model);
    }

    void addTo(ObjectNode message, Turn turn) {
        boolean calls = turn.parts().stream().anyMatch(part -> part.getType() == PartType.TOOL_CALL);
        if (withCalls && calls) {
            message.put("reasoning_content", textOf(turn));
        }
        for (Part part : turn.parts()) {
            switch (part.getType()) {
                case THINKING -> signed(message, part);
                case REDACTED_THINKING -> hidden(message, part);
                default -> {}
            }
        }
    }

    void addTo(ObjectNode to, Part call) {
        ObjectNode facts = Calls.facts(call);
        KEPT_IN_CALLS.forEach(field -> {
            if (Json.present(facts.get(field))) {
                to.set(field, facts.get(field));
            }
        });
    }

    /** Calls that another model made have no signature of Google's. */
    void signFirst(ArrayNode calls) {
        JsonNode first = calls.get(0);
        if (signed && !first.has("extra_content")) {
            ((ObjectNode) first)
                    .putObject("extra_content")
                    .putObject("google")
                    .put("thought_signature", GeminiModels.ANOTHER_MODELS);
        }
    }

    private void signed(ObjectNode message, Part thought) {
        if (thought.getSignature() == null) {
            return;
        }
        String text = Objects.requireNonNullElse(thought.getText(), "");
        if (habits.thoughts() == Habits.Thoughts.DETAILS) {
            message.withArray("reasoning_details")
                    .addObject()
                    .put("type", "reasoning.text")
                    .put("text", text)
                    .put("signature", thought.getSignature());
        } else if (habits.thoughts() == Habits.Thoughts.BLOCKS) {
            message.withArray("thinking_blocks")
                    .addObject()
                    .put("type", "thinking")
                    .put("thinking", text)
                    .put("signature", thought.getSignature());
        }
    }

    /** What only the server can read goes back in the place where it came from. */
    private static void hidden(ObjectNode message, Part thought) {
        ObjectNode facts = Calls.facts(thought);
        String type = facts.path("type").asText();
        String place = type.startsWith("reasoning.")
                ? "reasoning_details"
                : type.equals("redacted_thinking") ? "thinking_blocks" : null;
        if (place != null) {
            facts.remove(SealedThinking.SEALED_BY);
            message.withArray(place).add(facts.put("data", thought.getText()));
        }
    }

    private static String textOf(Turn turn) {
        return turn.parts().stream()
                .filter(part -> part.getType() == PartType.THINKING && part.getText() != null)
                .map(Part::getText)
                .collect(Collectors.joining());
    }
}
