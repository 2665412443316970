package dev.tokentape.producer.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer was asked for first, and by what error it was not given there.
 *
 * @param code of the error
 */
record Origin(String provider, String model, String code) {

    /** The beginning of the answer elsewhere, which tells it in its provider data as {@code fallback_from}. */
    TokenEvent.MessageStart toldBy(TokenEvent.MessageStart start) {
        ObjectNode data = fieldsOf(start.providerData());
        data.putObject("fallback_from")
                .put("provider", provider)
                .put("model", model)
                .put("code", code);
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
