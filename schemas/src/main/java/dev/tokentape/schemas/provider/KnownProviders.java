package dev.tokentape.schemas.provider;

import static dev.tokentape.schemas.provider.AfterClosing.GOES_ON;
import static dev.tokentape.schemas.provider.AfterClosing.STOPS;
import static dev.tokentape.schemas.provider.AfterClosing.UNKNOWN;
import static dev.tokentape.schemas.provider.KnownProvider.CHAT;
import static dev.tokentape.schemas.provider.KnownProvider.chat;
import static dev.tokentape.schemas.provider.KnownProvider.vendor;

import dev.tokentape.schemas.provider.Habits.Kind;
import dev.tokentape.schemas.provider.Habits.Thoughts;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The providers that are known by their names: a row each. */
public final class KnownProviders {

    /** In the order in which `up` looks for a default: vendors first, servers of one's own last. */
    public static final List<KnownProvider> ALL = List.of(
            // By its name at another address it may be OpenAI behind a proxy as well as somebody else's server.
            vendor("openai", CHAT, "https://api.openai.com", "OPENAI_API_KEY")
                    .model("gpt-4o-mini")
                    .closing(STOPS)
                    .elsewhere(Habits.COMPATIBLE.withCallIds(CallIdForm.atMost(40))),
            vendor("openai-responses", "openai-responses", "https://api.openai.com", "OPENAI_API_KEY")
                    .model("gpt-4o-mini")
                    .closing(STOPS),
            vendor("anthropic", "anthropic-messages", "https://api.anthropic.com", "ANTHROPIC_API_KEY")
                    .model("claude-haiku-4-5")
                    .closing(STOPS),
            vendor("gemini", "gemini-generate-content", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY")
                    .model("gemini-2.5-flash")
                    .closing(GOES_ON)
                    .domains("googleapis.com"),
            chat("mistral", "https://api.mistral.ai", "MISTRAL_API_KEY")
                    .model("mistral-small-latest")
                    .habits(new Habits(
                            Kind.STRICT_ORDER,
                            Thoughts.PLAIN,
                            CallIdForm.lettersAndDigits(9),
                            false,
                            Set.of("stream_options")))
                    .closing(GOES_ON)
                    .domains("mistral.ai")
                    .simulatedAt("/mistral"),
            chat("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY")
                    .model("deepseek-chat")
                    .habits(Habits.THINKS_ALOUD)
                    .closing(STOPS)
                    .domains("deepseek.com")
                    .simulatedAt("/deepseek"),
            chat("groq", "https://api.groq.com/openai", "GROQ_API_KEY")
                    .model("openai/gpt-oss-20b")
                    .closing(GOES_ON)
                    .simulatedAt("/groq/openai"),
            chat("openrouter", "https://openrouter.ai/api", "OPENROUTER_API_KEY")
                    .model("openrouter/auto")
                    .habits(Habits.COMPATIBLE.withThoughts(Thoughts.DETAILS))
                    .simulatedAt("/openrouter/api"),
            chat("xai", "https://api.x.ai", "XAI_API_KEY")
                    .model("grok-4")
                    .closing(STOPS)
                    .simulatedAt("/xai"),
            chat("perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY")
                    .model("sonar")
                    .path("/chat/completions")
                    .habits(new Habits(Kind.USER_LAST, Thoughts.PLAIN, CallIdForm.ANY, true, Set.of()))
                    .closing(GOES_ON)
                    .simulatedAt("/perplexity"),
            chat("fireworks", "https://api.fireworks.ai/inference", "FIREWORKS_API_KEY")
                    .model("accounts/fireworks/models/gpt-oss-120b")
                    .closing(STOPS),
            new KnownProvider(
                    "azure-openai",
                    CHAT,
                    null,
                    List.of("AZURE_OPENAI_API_KEY"),
                    "/openai/deployments/{model}/chat/completions?api-version=2024-10-21",
                    "api-key",
                    null,
                    Habits.VENDOR,
                    Habits.VENDOR,
                    STOPS,
                    List.of("openai.azure.com", "services.ai.azure.com"),
                    ""),
            vendor(
                            "bedrock",
                            "bedrock-converse-stream",
                            "https://bedrock-runtime.{region}.amazonaws.com",
                            "AWS_BEARER_TOKEN_BEDROCK",
                            "AWS_ACCESS_KEY_ID")
                    .closing(GOES_ON)
                    .domains("amazonaws.com"),
            vendor("ollama", "ollama-native", "http://127.0.0.1:11434"),
            chat("vllm", "http://127.0.0.1:8000", "VLLM_API_KEY").simulatedAt("/vllm"),
            chat("llama-cpp", "http://127.0.0.1:8080", "LLAMA_API_KEY").simulatedAt("/llama.cpp"),
            chat("litellm", "http://127.0.0.1:4000", "LITELLM_API_KEY")
                    .habits(Habits.COMPATIBLE.withThoughts(Thoughts.BLOCKS)));

    private static final Habits GOOGLE =
            new Habits(Kind.COMPATIBLE, Thoughts.SIGNED_CALLS, CallIdForm.ANY, false, Set.of());

    /** Habits of servers of Chat Completions that have no name here: Google's, and models that think aloud. */
    private static final List<String> ALOUD =
            List.of("moonshot.ai", "moonshot.cn", "z.ai", "bigmodel.cn", "minimax.io", "xiaomimimo.com");

    private KnownProviders() {}

    /** The one of this name. */
    public static Optional<KnownProvider> named(String name) {
        return ALL.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    private static Optional<KnownProvider> at(String host) {
        return ALL.stream().filter(provider -> provider.isAt(host)).findFirst();
    }

    /** The habits of a server that speaks an API of another vendor, by its host. */
    public static Habits habitsAt(String host) {
        if (KnownProvider.isWithin(host, "googleapis.com")) {
            return GOOGLE;
        }
        if (ALOUD.stream().anyMatch(domain -> KnownProvider.isWithin(host, domain))) {
            return Habits.THINKS_ALOUD;
        }
        return at(host).map(KnownProvider::habits)
                .filter(habits -> !habits.isVendor())
                .orElse(Habits.COMPATIBLE);
    }

    /** Whether closing a connection to the host stops work and bill. */
    public static AfterClosing closingAt(String host) {
        return at(host).map(KnownProvider::closing).orElse(UNKNOWN);
    }
}
