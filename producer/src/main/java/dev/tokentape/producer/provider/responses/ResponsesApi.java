package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.GenerationJob;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's Responses API. */
public final class ResponsesApi implements Api {

    @Override
    public String name() {
        return "openai-responses";
    }

    @Override
    public String vendorUrl() {
        return "https://api.openai.com";
    }

    @Override
    public String path() {
        return "/v1/responses";
    }

    @Override
    public Map<String, String> headers(@Nullable String key) {
        return key == null ? Map.of() : Map.of("Authorization", "Bearer " + key);
    }

    @Override
    public ObjectNode body(GenerationJob job, boolean vendor) {
        return ResponsesRequest.body(job);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new ResponsesReducer(answer);
    }
}
