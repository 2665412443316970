package dev.tokentape.simulator.api;

import dev.tokentape.simulator.settings.ChatDialect;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The wire formats that the simulator speaks. */
public final class Dialects {

    /** Every API which the simulator speaks; the first is OpenAI's Chat Completions. */
    public static final List<ApiDialect> ALL = Stream.concat(
                    Stream.of(ChatDialect.values()).map(OpenAiChat::new),
                    Stream.of(
                            new OpenAiResponses(),
                            new AnthropicMessages(),
                            new Gemini(),
                            new OllamaNative(true),
                            new OllamaNative(false),
                            new BedrockConverse()))
            .toList();

    private Dialects() {}

    /** The API which serves POSTs to {@code path}. */
    public static Optional<ApiDialect> serving(String path) {
        return ALL.stream().filter(dialect -> dialect.serves(path)).findFirst();
    }
}
