package dev.tokentape.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The documents under {@code docs/} that describe the door, and the schemas in them. */
final class Documents {

    private static final String BASE = "https://tokentape.dev/schemas/";
    private static final Path DOCS = Path.of("..", "docs");

    static final JsonNode EVENT = read("event.schema.json");
    static final JsonNode OPENAPI = read("openapi.yaml");
    static final JsonNode ASYNCAPI = read("asyncapi.yaml");

    /** As they stand: what may be added later is no fault. */
    private static final JsonSchemaFactory OPEN = schemas(UnaryOperator.identity());

    /** With nothing allowed that is not declared: what is sent today must be. */
    private static final JsonSchemaFactory STRICT = schemas(Documents::closed);

    private Documents() {}

    private static JsonSchemaFactory schemas(UnaryOperator<JsonNode> as) {
        return JsonSchemaFactory.getInstance(
                VersionFlag.V202012,
                builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(
                        BASE + "event.schema.json",
                        as.apply(EVENT).toString(),
                        BASE + "openapi.yaml",
                        as.apply(OPENAPI).toString(),
                        BASE + "asyncapi.yaml",
                        as.apply(ASYNCAPI).toString()))));
    }

    /** The same with every object that declares its fields closed, unless it says itself whether it is. */
    private static JsonNode closed(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        close(copy);
        return copy;
    }

    private static void close(JsonNode schema) {
        schema.forEach(Documents::close);
        if (schema instanceof ObjectNode object
                && object.has("properties")
                && object.path("type").asText().equals("object")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
    }

    /**
     * What is wrong with a value, undeclared fields among it.
     *
     * @param reference such as {@code event.schema.json#/$defs/response}, or {@code #/…} within the OpenAPI document
     */
    static List<String> faults(String reference, JsonNode value) {
        return faults(STRICT, reference, value);
    }

    private static List<String> faults(JsonSchemaFactory schemas, String reference, JsonNode value) {
        String absolute = BASE + (reference.startsWith("#") ? "openapi.yaml" + reference : reference);
        JsonSchema schema = schemas.getSchema(SchemaLocation.of(absolute));
        return schema.validate(value).stream().map(Object::toString).toList();
    }

    /** What a client finds wrong with an event that uses the schema as it stands. */
    static List<String> faultsToAClient(JsonNode event) {
        return faults(OPEN, "event.schema.json", event);
    }

    static List<String> faultsOfEvent(JsonNode event) {
        return faults("event.schema.json", event);
    }

    private static JsonNode read(String name) {
        try {
            ObjectMapper mapper = name.endsWith(".yaml") ? new YAMLMapper() : new ObjectMapper();
            return mapper.readTree(Files.readString(DOCS.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
