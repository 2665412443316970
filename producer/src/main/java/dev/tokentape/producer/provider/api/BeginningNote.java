package dev.tokentape.producer.provider.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Adds what we know of an answer to its beginning, in the provider data, beside what the provider said there. */
public final class BeginningNote {

    private BeginningNote() {}

    /** The beginning with further fields. */
    public static TokenEvent.MessageStart on(TokenEvent.MessageStart start, Consumer<ObjectNode> further) {
        ObjectNode data = fieldsOf(start.providerData());
        further.accept(data);
        return new TokenEvent.MessageStart(
                start.envelope(),
                start.role(),
                start.upstreamId(),
                start.servedModel(),
                start.usage(),
                Json.write(data));
    }

    private static ObjectNode fieldsOf(@Nullable String providerData) {
        if (providerData != null) {
            try {
                JsonNode read = Json.parse(providerData);
                if (read.isObject()) {
                    return (ObjectNode) read;
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("provider data that was written here is no JSON", e);
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }
}
