package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Gemini's schemas, whose types are written in capitals ({@code STRING}), as JSON schemas. */
final class GeminiSchema {

    private GeminiSchema() {}

    static JsonNode lowerCase(JsonNode schema) {
        if (schema instanceof ArrayNode array) {
            ArrayNode copy = WireJson.MAPPER.createArrayNode();
            array.forEach(element -> copy.add(lowerCase(element)));
            return copy;
        }
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode copy = WireJson.MAPPER.createObjectNode();
        for (var member : object.properties()) {
            boolean type = member.getKey().equals("type") && member.getValue().isTextual();
            if (type) {
                copy.put("type", member.getValue().textValue().toLowerCase(Locale.ROOT));
            } else {
                copy.set(member.getKey(), lowerCase(member.getValue()));
            }
        }
        return copy;
    }
}
