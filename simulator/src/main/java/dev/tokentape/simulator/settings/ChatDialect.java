package dev.tokentape.simulator.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whose variation of OpenAI's Chat Completions a call is answered in. */
public enum ChatDialect {
    OPENAI("openai"),
    OPENROUTER("openrouter"),
    GROQ("groq"),
    MISTRAL("mistral"),
    DEEPSEEK("deepseek"),
    AZURE("azure"),
    PERPLEXITY("perplexity"),
    OLLAMA_V1("ollama-v1"),
    VLLM("vllm"),
    LLAMA_CPP("llama.cpp"),
    XAI("xai"),
    LITELLM("litellm");

    private final String spelling;

    ChatDialect(String spelling) {
        this.spelling = spelling;
    }

    /** The name as it is written in settings and paths, for example {@code llama.cpp}. */
    public String spelling() {
        return spelling;
    }

    /** The dialect of this name, in whichever case. */
    public static Optional<ChatDialect> named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of(values())
                .filter(dialect -> dialect.spelling.equals(lower))
                .findFirst();
    }
}
