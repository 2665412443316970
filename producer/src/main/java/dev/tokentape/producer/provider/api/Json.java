package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** JSON as the providers write it: bounded depth, no garbage after the value, and fields that may be of any type. */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(256).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Servers in Python write log probabilities so; and a line that is cut in a string leaves a line feed
            // there.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS, JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    private Json() {}

    public static JsonNode parse(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /**
     * The fields of an object that was read before; none for null and for anything else.
     *
     * @throws IllegalArgumentException if it is no JSON
     */
    public static ObjectNode fields(@Nullable String json) {
        try {
            return json != null && parse(json) instanceof ObjectNode fields
                    ? fields
                    : JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("fields that were read before are no JSON", e);
        }
    }

    public static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was read cannot be written", e);
        }
    }

    /** A field's text; null where it is missing, empty or no text. */
    public static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value != null && value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    /** A field's whole number; null where it is missing or no number. */
    public static @Nullable Long number(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value != null && value.isNumber() && value.canConvertToLong() ? value.longValue() : null;
    }

    /** Whether there is something: neither missing, nor null, nor an empty object, array or text. */
    public static boolean present(@Nullable JsonNode node) {
        if (node == null || node.isNull() || node.isMissingNode()) {
            return false;
        }
        return node.isTextual() ? !node.textValue().isEmpty() : !node.isContainerNode() || !node.isEmpty();
    }
}
