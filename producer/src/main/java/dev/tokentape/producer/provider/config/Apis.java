package dev.tokentape.producer.provider.config;

import dev.tokentape.producer.provider.anthropic.MessagesApi;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.bedrock.ConverseStreamApi;
import dev.tokentape.producer.provider.gemini.GenerateContentApi;
import dev.tokentape.producer.provider.ollama.OllamaApi;
import dev.tokentape.producer.provider.openai.ChatCompletionsApi;
import dev.tokentape.producer.provider.responses.ResponsesApi;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that there are, by the names that settings use. */
public final class Apis {

    private static final List<Api> ALL = List.of(
            new ChatCompletionsApi(),
            new ResponsesApi(),
            new MessagesApi(),
            new ConverseStreamApi(),
            new GenerateContentApi(),
            new OllamaApi());

    private Apis() {}

    public static @Nullable Api named(String name) {
        return ALL.stream().filter(api -> api.name().equals(name)).findFirst().orElse(null);
    }

    public static List<String> names() {
        return ALL.stream().map(Api::name).toList();
    }
}
