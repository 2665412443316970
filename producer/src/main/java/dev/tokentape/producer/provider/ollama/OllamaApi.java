package dev.tokentape.producer.provider.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Framing;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.provider.Habits;
import java.util.regex.Pattern;

/** Ollama's native chat API. A server at home wants no key; one in the cloud does. */
public final class OllamaApi implements Api {

    @Override
    public String name() {
        return "ollama-native";
    }

    @Override
    public String vendorUrl() {
        return "http://127.0.0.1:11434";
    }

    @Override
    public String path() {
        return "/api/chat";
    }

    @Override
    public Framing framing() {
        return Framing.JSON_LINES;
    }

    @Override
    public Pattern toolNames(Habits habits) {
        return ToolNames.ANY;
    }

    @Override
    public ObjectNode body(GenerationJob job, Habits habits) {
        return OllamaRequest.body(job);
    }

    @Override
    public Reducer reducer(Answer answer) {
        return new OllamaReducer(answer);
    }
}
