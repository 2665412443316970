package dev.tokentape.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** The documents under {@code docs/} that describe the door, and the schemas in them. */
final class Documents {

    private static final String BASE = "https://tokentape.dev/schemas/";
    private static final Path DOCS = Path.of("..", "docs");

    static final JsonNode OPENAPI = read("openapi.yaml");
    static final JsonNode ASYNCAPI = read("asyncapi.yaml");

    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(
                    BASE + "event.schema.json",
                    read("event.schema.json").toString(),
                    BASE + "openapi.yaml",
                    OPENAPI.toString(),
                    BASE + "asyncapi.yaml",
                    ASYNCAPI.toString()))));

    private Documents() {}

    /** @param reference such as {@code event.schema.json#/$defs/response}, or {@code #/…} within the OpenAPI document */
    static List<String> faults(String reference, JsonNode value) {
        String absolute = BASE + (reference.startsWith("#") ? "openapi.yaml" + reference : reference);
        JsonSchema schema = SCHEMAS.getSchema(SchemaLocation.of(absolute));
        return schema.validate(value).stream().map(Object::toString).toList();
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
