package dev.tokentape.producer.provider.config;

import dev.tokentape.producer.provider.api.Server;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A provider that is known by its name: what its settings are where nobody sets them.
 *
 * @param baseUrl its own address; null where every customer has another
 * @param keyVariable the environment variable that holds the key; null for a server that wants none
 * @param path where its path is not the API's own
 * @param keyHeader where the key goes in a header of its own instead of the API's
 * @param server which server it is, where it is at home
 */
record Profile(
        String name,
        String api,
        @Nullable String baseUrl,
        @Nullable String keyVariable,
        @Nullable String path,
        @Nullable String keyHeader,
        Server server) {

    private static final String CHAT = "openai-chat-completions";

    /** In the order in which `up` looks for one that can be asked by default: vendors first, servers of one's own last. */
    private static final List<Profile> KNOWN = List.of(
            vendor("openai", CHAT, "https://api.openai.com", "OPENAI_API_KEY"),
            vendor("openai-responses", "openai-responses", "https://api.openai.com", "OPENAI_API_KEY"),
            vendor("anthropic", "anthropic-messages", "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
            vendor("gemini", "gemini-generate-content", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY"),
            chat("mistral", "https://api.mistral.ai", "MISTRAL_API_KEY"),
            chat("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
            chat("groq", "https://api.groq.com/openai", "GROQ_API_KEY"),
            chat("openrouter", "https://openrouter.ai/api", "OPENROUTER_API_KEY"),
            chat("xai", "https://api.x.ai", "XAI_API_KEY"),
            new Profile(
                    "perplexity",
                    CHAT,
                    "https://api.perplexity.ai",
                    "PERPLEXITY_API_KEY",
                    "/chat/completions",
                    null,
                    Server.COMPATIBLE),
            new Profile(
                    "azure-openai",
                    CHAT,
                    null,
                    "AZURE_OPENAI_API_KEY",
                    "/openai/deployments/{model}/chat/completions?api-version=2024-10-21",
                    "api-key",
                    Server.VENDOR),
            vendor(
                    "bedrock",
                    "bedrock-converse-stream",
                    "https://bedrock-runtime.{region}.amazonaws.com",
                    "AWS_BEARER_TOKEN_BEDROCK"),
            vendor("ollama", "ollama-native", "http://127.0.0.1:11434", null),
            chat("vllm", "http://127.0.0.1:8000", "VLLM_API_KEY"),
            chat("llama-cpp", "http://127.0.0.1:8080", "LLAMA_API_KEY"),
            chat("litellm", "http://127.0.0.1:4000", "LITELLM_API_KEY", Server.LITELLM));

    static List<Profile> all() {
        return KNOWN;
    }

    static @Nullable Profile named(String name) {
        return KNOWN.stream()
                .filter(profile -> profile.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    private static Profile vendor(String name, String api, String baseUrl, @Nullable String keyVariable) {
        return new Profile(name, api, baseUrl, keyVariable, null, null, Server.VENDOR);
    }

    private static Profile chat(String name, String baseUrl, String keyVariable) {
        return chat(name, baseUrl, keyVariable, Server.at(HttpUrl.get(baseUrl).host()));
    }

    private static Profile chat(String name, String baseUrl, String keyVariable, Server server) {
        return new Profile(name, CHAT, baseUrl, keyVariable, null, null, server);
    }
}
