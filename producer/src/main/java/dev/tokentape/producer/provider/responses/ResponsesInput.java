package dev.tokentape.producer.provider.responses;

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
import dev.tokentape.schemas.provider.Habits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input items of a Responses request: messages, and beside them calls, their results and reasoning as items of
 * their own. What the model itself has drawn or spoken is left out.
 */
final class ResponsesInput {

    private static final TurnRules OPENAI =
            TurnRules.of(Thoughts.ALL, CallIdRule.unique("(?s).{1,64}"), TurnRule.OWN_CALLS, TurnRule.OWN_ITEMS);

    private static final TurnRules OTHERS = OPENAI.with(TurnRule.ONE_SYSTEM).with(TurnRule.SERVES_SEVERAL_VENDORS);

    private final ArrayNode items = JsonNodeFactory.instance.arrayNode();
    private final List<Part> pending = new ArrayList<>();
    private final List<Part> thoughts = new ArrayList<>();
    private final Map<String, Part> calls = new HashMap<>();
    private String role = "user";

    private ResponsesInput() {}

    static TurnRules rules(Habits habits) {
        return habits.isVendor() ? OPENAI : OTHERS;
    }

    static ArrayNode of(List<Turn> turns) {
        ResponsesInput input = new ResponsesInput();
        for (Turn turn : turns) {
            input.role = turn.role().name().toLowerCase(Locale.ROOT);
            turn.parts().forEach(input::add);
            input.message();
        }
        return input.items;
    }

    private void add(Part part) {
        switch (part.getType()) {
            case TEXT, REFUSAL -> {
                if (!pending.isEmpty() && !phaseOf(pending.getLast()).equals(phaseOf(part))) {
                    message();
                }
                pending.add(part);
            }
            case IMAGE, AUDIO -> pending.add(part);
            case TOOL_CALL -> {
                calls.put(String.valueOf(part.getToolCallId()), part);
                item(CallItems.call(part));
            }
            case TOOL_RESULT ->
                item(CallItems.result(calls.getOrDefault(String.valueOf(part.getToolCallId()), part), part));
            case THINKING, REDACTED_THINKING -> reasoning(part);
            case OTHER -> {
                if (role.equals("assistant")) {
                    compaction(part);
                } else {
                    pending.add(part);
                }
            }
        }
    }

    /** Several thoughts may summarise one item, the last of them sealed; those never sealed are not sent back. */
    private void reasoning(Part thought) {
        if (!thoughts.isEmpty() && !idOf(thoughts.getLast()).equals(idOf(thought))) {
            thoughts.clear();
        }
        thoughts.add(thought);
        if (thought.getSignature() == null) {
            return;
        }
        ObjectNode reasoning = JsonNodeFactory.instance.objectNode().put("type", "reasoning");
        ArrayNode summary = reasoning.putArray("summary");
        for (Part part : thoughts) {
            if (part.getText() != null && !part.getText().isEmpty()) {
                summary.addObject().put("type", "summary_text").put("text", part.getText());
            }
        }
        thoughts.clear();
        item(reasoning.put("encrypted_content", thought.getSignature()));
    }

    private static String idOf(Part thought) {
        return Calls.facts(thought).path("id").asText();
    }

    /** The provider's digest of a conversation that grew too long; its other own items are not sent back. */
    private void compaction(Part part) {
        ObjectNode facts = Calls.facts(part);
        if (facts.path("type").asText().equals("compaction") && facts.has("encrypted_content")) {
            item(facts);
        }
    }

    private void item(ObjectNode item) {
        message();
        items.add(item);
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
            String phase = phaseOf(pending.getFirst());
            if (role.equals("assistant") && !phase.isEmpty()) {
                message.put("phase", phase);
            }
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

    /** Whether words are on the way or the answer itself, in the provider's word; empty where it has not said. */
    private static String phaseOf(Part part) {
        return Calls.facts(part).path("phase").asText();
    }

    private static ObjectNode content(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
