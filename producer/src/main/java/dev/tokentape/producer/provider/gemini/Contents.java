package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.MadeCallId;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.model.GeminiModels;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.Calls;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.producer.provider.turns.TurnRule;
import dev.tokentape.producer.provider.turns.TurnRules;
import dev.tokentape.producer.provider.turns.TurnRules.Thoughts;
import dev.tokentape.schemas.avro.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a Gemini request: two roles. A result is tied to its call by the function's name. Signatures go back
 * with the part they came with, thoughts do not; pictures that the model made do, since it goes on drawing from them.
 */
final class Contents {

    static final TurnRules RULES = TurnRules.of(
            Thoughts.NONE,
            CallIdRule.ANY,
            TurnRule.ROLES_ALTERNATE,
            TurnRule.STARTS_WITH_USER,
            TurnRule.ONE_SYSTEM,
            TurnRule.OWN_MEDIA);

    private Contents() {}

    static ArrayNode of(List<Turn> turns, String model) {
        ArrayNode contents = JsonNodeFactory.instance.arrayNode();
        for (Turn turn : turns) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            for (Part part : turn.parts()) {
                ObjectNode to = turn.isAssistants() ? said(part) : asked(part);
                if (to != null) {
                    parts.add(to);
                }
            }
            if (turn.isAssistants() && GeminiModels.wantSignedCalls(model)) {
                signFirstCall(parts);
            }
            if (!parts.isEmpty()) {
                contents.addObject()
                        .put("role", turn.isAssistants() ? "model" : "user")
                        .set("parts", parts);
            }
        }
        return contents;
    }

    /** Of calls made at once the first is signed; a call that another model made is not. */
    private static void signFirstCall(ArrayNode parts) {
        for (JsonNode part : parts) {
            if (part.has("functionCall")) {
                if (!part.has("thoughtSignature")) {
                    ((ObjectNode) part).put("thoughtSignature", GeminiModels.ANOTHER_MODELS);
                }
                return;
            }
        }
    }

    private static @Nullable ObjectNode said(Part part) {
        return switch (part.getType()) {
            case TEXT, REFUSAL -> signed(part().put("text", part.getText()), part);
            case TOOL_CALL -> {
                ObjectNode to = part();
                ObjectNode call = named(to.putObject("functionCall"), part, part.getToolName());
                call.set("args", Calls.arguments(part));
                yield signed(to, part);
            }
            case IMAGE, AUDIO -> part.getData() == null ? null : signed(media(part), part);
            case THINKING, REDACTED_THINKING, TOOL_RESULT, OTHER -> null;
        };
    }

    private static ObjectNode asked(Part part) {
        return switch (part.getType()) {
            case TEXT -> part().put("text", part.getText());
            case IMAGE, AUDIO -> media(part);
            case TOOL_RESULT -> {
                ObjectNode to = part();
                named(to.putObject("functionResponse"), part, part.getToolName())
                        .set("response", response(part));
                yield to;
            }
            case THINKING, REDACTED_THINKING, REFUSAL, TOOL_CALL, OTHER ->
                throw new UnsupportedRequestException(
                        "messages", "Gemini takes no %s from a user".formatted(part.getType()));
        };
    }

    private static ObjectNode named(ObjectNode to, Part part, @Nullable String name) {
        String id = MadeCallId.upstream(part.getToolCallId());
        if (id != null) {
            to.put("id", id);
        }
        return to.put("name", name);
    }

    private static ObjectNode media(Part part) {
        ObjectNode to = part();
        String type = part.getMediaType();
        if (part.getData() != null && type != null) {
            to.putObject("inlineData").put("mimeType", type).put("data", part.getData());
        } else if (part.getUrl() != null) {
            ObjectNode file = to.putObject("fileData");
            if (type != null) {
                file.put("mimeType", type);
            }
            file.put("fileUri", part.getUrl());
        } else {
            throw new UnsupportedRequestException(
                    "messages", "an image or a sound needs a url, or data with its media_type");
        }
        return to;
    }

    /** A result as the object that the API wants. */
    private static ObjectNode response(Part result) {
        String text = result.getText() == null ? "" : result.getText();
        if (Boolean.TRUE.equals(result.getIsError())) {
            return part().put("error", text);
        }
        try {
            JsonNode parsed = Json.parse(text);
            if (parsed.isObject()) {
                return (ObjectNode) parsed;
            }
        } catch (JsonProcessingException _) {
            // Plain text, which goes into an object below.
        }
        return part().put("result", text);
    }

    private static ObjectNode signed(ObjectNode to, Part part) {
        return part.getSignature() == null ? to : to.put("thoughtSignature", part.getSignature());
    }

    private static ObjectNode part() {
        return JsonNodeFactory.instance.objectNode();
    }
}
