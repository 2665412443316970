package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Google Gemini's streamGenerateContent. */
public final class GenerateContentApi implements Api {

    @Override
    public String name() {
        return "gemini-generate-content";
    }

    @Override
    public String vendorUrl() {
        return "https://generativelanguage.googleapis.com";
    }

    @Override
    public String path() {
        return "/v1beta/models/{model}:streamGenerateContent?alt=sse";
    }

    @Override
    public Map<String, String> headers(@Nullable String key) {
        return key == null ? Map.of() : Map.of("x-goog-api-key", key);
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return GenerateContentRequest.body(job);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new GenerateContentReducer(answer);
    }
}
