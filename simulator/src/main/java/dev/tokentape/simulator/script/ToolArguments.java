package dev.tokentape.simulator.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Invents arguments which fit a tool's JSON schema: simple types, enums, formats, numeric ranges, arrays and nested
 * objects down to four levels. References and patterns are not followed.
 */
final class ToolArguments {

    private static final int DEEPEST = 4;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> WORDS =
            List.of("Oslo", "Zürich", "São Paulo", "東京", "blue \"ink\"", "harbour", "north bridge", "café", "λ");

    private final RandomGenerator random;

    ToolArguments(RandomGenerator random) {
        this.random = random;
    }

    /** An object with a value for each property of {@code schema}. */
    ObjectNode matching(JsonNode schema) {
        return object(schema, 1);
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = JSON.objectNode();
        for (var property : schema.path("properties").properties()) {
            object.set(property.getKey(), value(property.getValue(), depth));
        }
        return object;
    }

    private JsonNode value(JsonNode schema, int depth) {
        if (schema.has("const")) {
            return schema.get("const");
        }
        JsonNode options = schema.path("enum");
        if (options.isArray() && !options.isEmpty()) {
            return options.get(random.nextInt(options.size()));
        }
        JsonNode variants = schema.has("anyOf") ? schema.get("anyOf") : schema.path("oneOf");
        if (variants.isArray() && !variants.isEmpty() && depth < DEEPEST) {
            return value(variants.get(0), depth + 1);
        }
        JsonNode type = schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
        return switch (type.asText(schema.has("properties") ? "object" : "string")) {
            case "integer" -> JSON.numberNode(Math.round(between(schema)));
            case "number" -> JSON.numberNode(Math.round(between(schema) * 100) / 100.0);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "null" -> JSON.nullNode();
            case "object" -> depth < DEEPEST ? object(schema, depth + 1) : JSON.objectNode();
            case "array" -> {
                var array = JSON.arrayNode();
                int items = Math.max(
                        1 + random.nextInt(2),
                        Math.min(16, schema.path("minItems").asInt(0)));
                for (int item = 0; depth < DEEPEST && item < items; item++) {
                    array.add(value(schema.path("items"), depth + 1));
                }
                yield array;
            }
            default -> JSON.textNode(text(schema.path("format").asText("")));
        };
    }

    private double between(JsonNode schema) {
        double min = schema.path("minimum")
                .asDouble(Math.min(1, schema.path("maximum").asDouble(1)));
        double max = schema.path("maximum").asDouble(min + 100);
        return max > min ? random.nextDouble(min, max) : min;
    }

    private String text(String format) {
        return switch (format) {
            case "date" -> "2026-03-0" + (1 + random.nextInt(9));
            case "date-time" -> "2026-03-0" + (1 + random.nextInt(9)) + "T09:30:00Z";
            case "time" -> "09:30:00Z";
            case "email" -> "reader" + random.nextInt(100) + "@example.org";
            case "uri" -> "https://example.org/" + random.nextInt(100);
            case "uuid" -> "00000000-0000-4000-8000-%012d".formatted(random.nextInt(1_000_000));
            default -> WORDS.get(random.nextInt(WORDS.size()));
        };
    }
}
