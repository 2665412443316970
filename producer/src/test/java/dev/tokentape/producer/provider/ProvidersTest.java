package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
        assertThat(Billing.stopsAt("api.groq.com")).isEqualTo("no");
        assertThat(Billing.stopsAt("bedrock-runtime.eu-west-1.amazonaws.com"))
                .isEqualTo("no");
        assertThat(Billing.stopsAt("my.openai.azure.com")).isEqualTo("yes");
        assertThat(Billing.stopsAt("notapi.x.ai")).isEqualTo("unknown");
    }
}
