package dev.tokentape.producer.provider.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Google Gemini's streamGenerateContent. */
public final class GenerateContentApi implements Api {

    /** As the reference of function declarations has it: https://ai.google.dev/api/caching#FunctionDeclaration */
    private static final Pattern TOOL_NAMES = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}");

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
    public Pattern toolNames(Habits habits) {
        return TOOL_NAMES;
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
