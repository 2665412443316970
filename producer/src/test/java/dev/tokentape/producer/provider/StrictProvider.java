package dev.tokentape.producer.provider;

import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.settings.ChatDialect;
import dev.tokentape.simulator.strict.AnthropicRules;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.Asked;
import dev.tokentape.simulator.strict.BedrockRules;
import dev.tokentape.simulator.strict.ChatRules;
import dev.tokentape.simulator.strict.GeminiRules;
import dev.tokentape.simulator.strict.OllamaRules;
import dev.tokentape.simulator.strict.ResponsesRules;
import dev.tokentape.simulator.strict.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A provider that knows what its vendor refuses.
 *
 * @param name as settings call it
 * @param path where a simulator plays it, before the path of its API
 * @param rules what its vendor enforces
 * @param voice how its answers look
 * @param models some that it serves, unlike in what they take
 */
record StrictProvider(String name, String path, ApiRules rules, Voice voice, List<String> models) {

    /** What the answers of a vendor's models are made of. */
    enum Voice {
        /** Signed thinking, ids of letters. */
        CLAUDE,
        /** Encrypted reasoning, calls of several kinds. */
        RESPONSES,
        /** Signatures on text and calls, which have no ids; pictures. */
        GEMINI,
        /** Plain thinking, which goes back with calls. */
        DEEPSEEK,
        /** Ids of nine characters. */
        MISTRAL,
        /** Plain thinking, calls without ids. */
        OLLAMA,
        /** What a gateway passes on of others: their seals, their ids, used again in every turn. */
        GATEWAY,
        /** Text and calls. */
        PLAIN
    }

    static final List<StrictProvider> ALL = List.of(
            chat("openai", "", ChatDialect.OPENAI, Voice.PLAIN, "gpt-4o", "gpt-5-mini"),
            chat("azure-openai", "", ChatDialect.AZURE, Voice.PLAIN, "deployed"),
            new StrictProvider(
                    "openai-responses", "", ResponsesRules.ALL, Voice.RESPONSES, List.of("gpt-5", "o4-mini")),
            new StrictProvider(
                    "anthropic",
                    "",
                    AnthropicRules.ALL,
                    Voice.CLAUDE,
                    List.of("claude-sonnet-4-5", "claude-opus-4-7", "claude-3-5-haiku-20241022")),
            new StrictProvider(
                    "bedrock",
                    "",
                    BedrockRules.ALL,
                    Voice.CLAUDE,
                    List.of(
                            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                            "anthropic.claude-opus-4-7",
                            "us.deepseek.r1-v1:0",
                            "amazon.nova-pro-v1:0")),
            new StrictProvider(
                    "gemini", "", GeminiRules.ALL, Voice.GEMINI, List.of("gemini-2.5-flash", "gemini-3-pro-preview")),
            new StrictProvider("ollama", "", OllamaRules.ALL, Voice.OLLAMA, List.of("qwen3")),
            chat("mistral", "/mistral", ChatDialect.MISTRAL, Voice.MISTRAL, "mistral-large-latest"),
            chat("deepseek", "/deepseek", ChatDialect.DEEPSEEK, Voice.DEEPSEEK, "deepseek-v4-pro", "deepseek-chat"),
            chat("groq", "/groq/openai", ChatDialect.GROQ, Voice.GATEWAY, "openai/gpt-oss-120b"),
            chat("openrouter", "/openrouter/api", ChatDialect.OPENROUTER, Voice.GATEWAY, "moonshotai/kimi-k2"),
            chat("xai", "/xai", ChatDialect.XAI, Voice.PLAIN, "grok-4"),
            chat("perplexity", "/perplexity", ChatDialect.PERPLEXITY, Voice.PLAIN, "sonar"),
            chat("vllm", "/vllm", ChatDialect.VLLM, Voice.GATEWAY, "qwen3"),
            chat("llama-cpp", "/llama.cpp", ChatDialect.LLAMA_CPP, Voice.PLAIN, "gemma"),
            chat("litellm", "/litellm", ChatDialect.LITELLM, Voice.GATEWAY, "claude-sonnet-4-5"));

    private static StrictProvider chat(String name, String path, ChatDialect dialect, Voice voice, String... models) {
        return new StrictProvider(name, path, ChatRules.of(dialect), voice, List.of(models));
    }

    /** The settings by which a producer finds all of them at a simulator. */
    static Settings settings(String simulator) {
        var settings = new LinkedHashMap<String, String>();
        settings.put(
                "providers",
                String.join(",", ALL.stream().map(StrictProvider::name).toList()));
        for (StrictProvider provider : ALL) {
            settings.put("provider." + provider.name + ".base-url", simulator + provider.path);
        }
        settings.put("provider.bedrock.region", "eu-central-1");
        return Settings.of(Map.copyOf(settings));
    }

    /** At home, where bodies are as the vendor itself takes them. */
    private static final Settings SETTINGS = Settings.of(Map.of(
            "providers",
            names(),
            "provider.azure-openai.base-url",
            "https://house.openai.azure.com",
            "provider.bedrock.region",
            "eu-central-1"));

    private static String names() {
        return String.join(",", ALL.stream().map(StrictProvider::name).toList());
    }

    private static final Map<String, ProviderConfig> CONFIGS = configs();

    private static Map<String, ProviderConfig> configs() {
        var configs = new LinkedHashMap<String, ProviderConfig>();
        for (StrictProvider provider : ALL) {
            configs.put(provider.name, Objects.requireNonNull(ProviderConfig.from(SETTINGS, provider.name)));
        }
        SETTINGS.check();
        return Map.copyOf(configs);
    }

    /** What the vendor refuses of the body that the producer makes of a job; empty if it takes it. */
    Optional<Violation> refuses(GenerationJob job) {
        var body = Objects.requireNonNull(CONFIGS.get(name)).body(job);
        return rules.firstBroken(new Asked(body, job.getRequest().getModel()));
    }

    /** The body itself, to look at. */
    String body(GenerationJob job) {
        return Objects.requireNonNull(CONFIGS.get(name)).body(job).toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
