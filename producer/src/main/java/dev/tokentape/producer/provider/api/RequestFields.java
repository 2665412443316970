package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Tool;
import org.jspecify.annotations.Nullable;

/** The fields of a request that mean the same to every API. */
public final class RequestFields {

    private RequestFields() {}

    /**
     * JSON given as text.
     *
     * @param field the request's field, for the error
     */
    public static JsonNode object(String text, String field) {
        try {
            JsonNode parsed = Json.parse(text);
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (JsonProcessingException e) {
            UnsupportedRequestException unreadable = noObject(field);
            unreadable.initCause(e);
            throw unreadable;
        }
        throw noObject(field);
    }

    /** Whether a tool choice is a tool's name, and there is that tool. Without tools, only auto and none make sense. */
    public static boolean namesTool(GenerationRequest request) {
        String choice = request.getToolChoice();
        boolean word = choice == null || choice.equals("auto") || choice.equals("none") || choice.equals("required");
        boolean known = request.getTools().stream().map(Tool::getName).anyMatch(name -> name.equals(choice));
        if (!word && !known || "required".equals(choice) && request.getTools().isEmpty()) {
            throw new UnsupportedRequestException(
                    "tool_choice", "tool_choice '%s' names none of the request's tools".formatted(choice));
        }
        return !word;
    }

    /** Merges the request's own fields over the body: objects field by field, anything else as it is. */
    public static void mergeExtra(ObjectNode body, @Nullable String extra) {
        if (extra == null || extra.isBlank()) {
            return;
        }
        JsonNode fields = object(extra, "extra");
        if (fields.has("stream") && !fields.path("stream").asBoolean(false)) {
            throw new UnsupportedRequestException("extra", "extra turns streaming off; answers here are streams");
        }
        merge(body, fields);
    }

    private static void merge(ObjectNode into, JsonNode fields) {
        fields.properties().forEach(field -> {
            JsonNode before = into.get(field.getKey());
            if (before instanceof ObjectNode object && field.getValue().isObject()) {
                merge(object, field.getValue());
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    /** An image's address: its own, or a data URL of what it holds. */
    public static String address(Part image) {
        if (image.getUrl() != null) {
            return image.getUrl();
        }
        if (image.getData() == null || image.getMediaType() == null) {
            throw new UnsupportedRequestException("messages", "an image needs a url, or data with its media_type");
        }
        return "data:" + image.getMediaType() + ";base64," + image.getData();
    }

    private static UnsupportedRequestException noObject(String field) {
        return new UnsupportedRequestException(field, field + " is no JSON object");
    }
}
