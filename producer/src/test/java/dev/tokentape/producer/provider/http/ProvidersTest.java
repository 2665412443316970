package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.Jobs;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.provider.KnownProviders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvidersTest {

    @Test
    void withoutSettingsThereAreTheTwoVendors() {
        // When
        try (Providers providers = Providers.from(Settings.of(Map.of()))) {
            // Then
            assertThat(providers.names()).containsExactly("openai", "anthropic");
            assertThat(providers.named("openai").orElseThrow().api()).isEqualTo("openai-chat-completions");
            assertThat(providers.named("anthropic").orElseThrow().api()).isEqualTo("anthropic-messages");
            assertThat(providers.named("nobody")).isEmpty();
        }
    }

    @Test
    void aKeyThatNoHeaderCanCarryIsAProblemThatDoesNotTellIt() {
        // Given
        Settings settings = new Settings(Map.of(), Map.of("OPENAI_API_KEY", "sk-4711\nabc"), Map.of());

        // When
        Providers.from(settings).close();

        // Then
        assertThatThrownBy(settings::check)
                .hasMessageContaining("OPENAI_API_KEY")
                .hasMessageNotContaining("4711");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        // Given
        Settings settings = Settings.of(Map.of(
                "providers", "a,b,c,a,BAD",
                "provider.a.api", "telepathy",
                "provider.b.api", "anthropic-messages",
                "provider.c.api", "openai-chat-completions",
                "provider.c.base-url", "http://127.0.0.1:1",
                "provider.c.connect-timeout", "0s"));

        // When
        Providers.from(settings).close();

        // Then
        assertThatThrownBy(settings::check)
                .hasMessageContaining("provider.a.api")
                .hasMessageContaining("provider.b.base-url")
                .hasMessageContaining("provider.c.connect-timeout")
                .hasMessageContaining("'a'")
                .hasMessageContaining("'BAD'");
    }

    @Test
    void aVendorWithoutAKeyIsNotCalled() throws Exception {
        // Given
        List<TokenEvent> events = new ArrayList<>();
        try (Providers providers = Providers.from(Settings.of(Map.of()))) {
            Provider openai = providers.named("openai").orElseThrow();

            // When
            openai.prepare(Jobs.asking("hi"), "run-1", events::add).run();
        }

        // Then
        assertThat(events).singleElement().isInstanceOfSatisfying(TokenEvent.Failed.class, failed -> {
            assertThat(failed.error().getCode()).isEqualTo("missing_key");
            assertThat(failed.error().getMessage()).contains("OPENAI_API_KEY");
            assertThat(failed.error().getRetryable()).isFalse();
        });
    }

    @Test
    void aBaseUrlMayEndInTheVersion() {
        // Given
        Settings settings = Settings.of(Map.of(
                "provider.openai.base-url", "http://127.0.0.1:11434/v1/",
                "provider.anthropic.base-url", "http://127.0.0.1:9/proxy"));

        // When
        ProviderConfig openai = ProviderConfig.from(settings, "openai");
        ProviderConfig anthropic = ProviderConfig.from(settings, "anthropic");

        // Then
        assertThat(openai).isNotNull();
        assertThat(openai.endpoint("m")).hasToString("http://127.0.0.1:11434/v1/chat/completions");
        assertThat(anthropic).isNotNull();
        assertThat(anthropic.endpoint("m")).hasToString("http://127.0.0.1:9/proxy/v1/messages");
        assertThat(anthropic.billingStops()).isEqualTo("yes");
    }

    @Test
    void billingGoesOnWhereItIsKnownTo() {
        assertThat(KnownProviders.closingAt("api.groq.com").spelling()).isEqualTo("no");
        assertThat(KnownProviders.closingAt("bedrock-runtime.eu-west-1.amazonaws.com")
                        .spelling())
                .isEqualTo("no");
        assertThat(KnownProviders.closingAt("my.openai.azure.com").spelling()).isEqualTo("yes");
        assertThat(KnownProviders.closingAt("notapi.x.ai").spelling()).isEqualTo("unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "openai-responses, https://api.openai.com/v1/responses, OPENAI_API_KEY, yes",
        "bedrock, https://bedrock-runtime.eu-west-1.amazonaws.com/model/a%2Fb%3A0/converse-stream, "
                + "AWS_BEARER_TOKEN_BEDROCK, no",
        "gemini, " + "https://generativelanguage.googleapis.com/v1beta/models/a%2Fb%3A0:streamGenerateContent?alt=sse, "
                + "GEMINI_API_KEY, no",
        "ollama, http://127.0.0.1:11434/api/chat, , unknown",
        "mistral, https://api.mistral.ai/v1/chat/completions, MISTRAL_API_KEY, no",
        "deepseek, https://api.deepseek.com/v1/chat/completions, DEEPSEEK_API_KEY, yes",
        "groq, https://api.groq.com/openai/v1/chat/completions, GROQ_API_KEY, no",
        "openrouter, https://openrouter.ai/api/v1/chat/completions, OPENROUTER_API_KEY, unknown",
        "xai, https://api.x.ai/v1/chat/completions, XAI_API_KEY, yes",
        "perplexity, https://api.perplexity.ai/chat/completions, PERPLEXITY_API_KEY, no",
        "vllm, http://127.0.0.1:8000/v1/chat/completions, VLLM_API_KEY, unknown",
        "llama-cpp, http://127.0.0.1:8080/v1/chat/completions, LLAMA_API_KEY, unknown",
        "litellm, http://127.0.0.1:4000/v1/chat/completions, LITELLM_API_KEY, unknown"
    })
    void knownProvidersNeedNothingButTheirKey(
            String name, String endpoint, @Nullable String variable, String billingStops) {
        // Given
        Settings settings = Settings.of(Map.of("providers", name, "AWS_REGION", "eu-west-1"));

        // When
        ProviderConfig config = ProviderConfig.from(settings, name);

        // Then
        settings.check();
        assertThat(config).isNotNull();
        assertThat(config.endpoint("a/b:0")).hasToString(endpoint);
        assertThat(config.keyVariable()).isEqualTo(variable);
        assertThat(config.billingStops()).isEqualTo(billingStops);
        assertThat(config.lacksKey()).isEqualTo(endpoint.startsWith("https"));
    }

    @Test
    void azureHasADeploymentsPathAndAHeaderOfItsOwn() {
        // Given
        Settings settings = Settings.of(Map.of(
                "provider.azure-openai.base-url", "https://me.openai.azure.com", "AZURE_OPENAI_API_KEY", "secret-1"));

        // When
        ProviderConfig azure = ProviderConfig.from(settings, "azure-openai");

        // Then
        assertThat(azure).isNotNull();
        assertThat(azure.endpoint("gpt"))
                .hasToString(
                        "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21");
        assertThat(azure.headers()).containsExactly(Map.entry("api-key", "secret-1"));
        assertThat(azure.billingStops()).isEqualTo("yes");
        assertThat(azure.toString()).doesNotContain("secret-1");
    }

    @Test
    void whatCannotBeKnownOfAKnownProviderIsAProblem() {
        // Given
        Settings settings = Settings.of(Map.of("providers", "azure-openai,bedrock"));

        // When
        Providers.from(settings).close();

        // Then
        assertThatThrownBy(settings::check)
                .hasMessageContaining("provider.azure-openai.base-url")
                .hasMessageContaining("AWS_REGION");
    }

    @Test
    void pathAndKeyHeaderCanBeSet() {
        // Given
        Settings settings = Settings.of(Map.of(
                "provider.mine.api", "openai-chat-completions",
                "provider.mine.base-url", "http://127.0.0.1:1",
                "provider.mine.path", "/chat?model={model}",
                "provider.mine.key-header", "x-key",
                "provider.mine.key-variable", "MINE",
                "MINE", "secret-1"));

        // When
        ProviderConfig mine = ProviderConfig.from(settings, "mine");

        // Then
        settings.check();
        assertThat(mine).isNotNull();
        assertThat(mine.endpoint("a b")).hasToString("http://127.0.0.1:1/chat?model=a%20b");
        assertThat(mine.headers()).containsExactly(Map.entry("x-key", "secret-1"));
    }

    @Test
    void theKnownProvidersCanBeListed() {
        assertThat(ProvidersConfig.known())
                .hasSameSizeAs(KnownProviders.ALL)
                .containsEntry("gemini", List.of("GEMINI_API_KEY"))
                .containsEntry("ollama", List.of());
    }

    @Test
    void mistralIsSentCallIdsOfNineCharactersAlikeForCallAndResult() {
        // Given a conversation of which one call was made elsewhere
        Settings settings = Settings.of(Map.of("providers", "mistral,groq"));
        GenerationJob job = Jobs.of(
                List.of(
                        Jobs.message("user", Jobs.text("The weather?")),
                        Jobs.message("assistant", Jobs.call("call_abc-0123456789", "weather", "{}")),
                        Jobs.message("tool", Jobs.result("call_abc-0123456789", "12 degrees")),
                        Jobs.message("assistant", Jobs.call("g6fVbXS8K", "weather", "{}"))),
                List.of(Jobs.message("tool", Jobs.result("g6fVbXS8K", "13 degrees"))),
                _ -> {});

        // When
        JsonNode atMistral = Objects.requireNonNull(ProviderConfig.from(settings, "mistral"))
                .body(job)
                .path("messages");
        JsonNode elsewhere = Objects.requireNonNull(ProviderConfig.from(settings, "groq"))
                .body(job)
                .path("messages");

        // Then
        String made = atMistral.at("/1/tool_calls/0/id").textValue();
        assertThat(made).matches("[a-zA-Z0-9]{9}");
        assertThat(atMistral.at("/2/tool_call_id").textValue()).isEqualTo(made);
        assertThat(atMistral.at("/3/tool_calls/0/id").textValue()).isEqualTo("g6fVbXS8K");
        assertThat(atMistral.at("/4/tool_call_id").textValue()).isEqualTo("g6fVbXS8K");
        assertThat(elsewhere.at("/1/tool_calls/0/id").textValue()).isEqualTo("call_abc-0123456789");
    }
}
