package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.MadeCallId;
import dev.tokentape.producer.provider.api.Turns;
import dev.tokentape.schemas.avro.Part;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a Gemini request: two roles, of which neighbouring turns become one. A result is tied to its call by the
 * function's name. Signatures go back with the text or call they came with; thoughts do not.
 */
final class Contents {

    private final ArrayNode contents = JsonNodeFactory.instance.arrayNode();
    private final Map<String, String> toolNames = new HashMap<>();
    private String lastRole = "";

    private Contents() {}

    static ArrayNode of(List<Turns.Turn> turns) {
        Contents all = new Contents();
        for (Turns.Turn turn : turns) {
            if (!turn.role().equals("system")) {
                all.add(turn);
            }
        }
        return all.contents;
    }

    private void add(Turns.Turn turn) {
        boolean model = turn.role().equals("assistant");
        for (Part part : turn.parts()) {
            ObjectNode to = model ? said(part) : asked(part);
            if (to != null) {
                parts(model ? "model" : "user").add(to);
            }
        }
    }

    private ArrayNode parts(String role) {
        if (role.equals(lastRole)) {
            return (ArrayNode) contents.get(contents.size() - 1).get("parts");
        }
        lastRole = role;
        return contents.addObject().put("role", role).putArray("parts");
    }

    private @Nullable ObjectNode said(Part part) {
        return switch (part.getType()) {
            case TEXT, REFUSAL -> signed(part().put("text", part.getText()), part);
            case TOOL_CALL -> {
                toolNames.put(String.valueOf(part.getToolCallId()), String.valueOf(part.getToolName()));
                ObjectNode to = part();
                ObjectNode call = named(to.putObject("functionCall"), part, part.getToolName());
                call.set("args", Turns.arguments(part));
                yield signed(to, part);
            }
            case THINKING, REDACTED_THINKING, IMAGE, AUDIO, TOOL_RESULT, OTHER -> null;
        };
    }

    private ObjectNode asked(Part part) {
        return switch (part.getType()) {
            case TEXT -> part().put("text", part.getText());
            case IMAGE, AUDIO -> media(part);
            case TOOL_RESULT -> {
                String name = part.getToolName() != null
                        ? part.getToolName()
                        : toolNames.get(String.valueOf(part.getToolCallId()));
                if (name == null) {
                    throw new UnsupportedRequestException(
                            "messages", "Gemini ties a tool's result to its call by the tool's name, which is unknown");
                }
                ObjectNode to = part();
                named(to.putObject("functionResponse"), part, name).set("response", response(part));
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
