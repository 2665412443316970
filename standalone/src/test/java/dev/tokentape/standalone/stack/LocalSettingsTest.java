package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalSettingsTest {

    private static Map<String, String> settings(Map<String, String> given, Map<String, String> environment) {
        StackOptions options =
                new StackOptions(Path.of("/data"), "127.0.0.1", 8080, 0, "test", new StartRules.Shipped(), given);
        return LocalSettings.of(
                options, new Settings(given, environment, Map.of()), "127.0.0.1:9092", "http://127.0.0.1:8090", 8081);
    }

    @Test
    void thePartsFindEachOtherAndTheSimulatorAnswers() {
        // When
        Map<String, String> settings = settings(Map.of(), Map.of());

        // Then
        assertThat(settings.get("providers"))
                .contains("simulator", "openai", "anthropic", "gemini", "bedrock", "ollama");
        assertThat(settings)
                .containsEntry("kafka.bootstrap.servers", "127.0.0.1:9092")
                .containsEntry("gateway.processor-urls", "http://127.0.0.1:8081")
                .containsEntry("provider.groq.base-url", "http://127.0.0.1:8090/groq/openai")
                .containsEntry("gateway.default-provider", "simulator")
                .containsEntry("provider.anthropic.base-url", "http://127.0.0.1:8090")
                .containsEntry("provider.simulator.base-url", "http://127.0.0.1:8090");
    }

    @Test
    void aVendorWhoseKeyIsSetIsCalledItself() {
        // When
        Map<String, String> settings = settings(Map.of(), Map.of("OPENAI_API_KEY", "sk-test"));

        // Then
        assertThat(settings)
                .doesNotContainKey("provider.openai.base-url")
                .containsEntry("provider.anthropic.base-url", "http://127.0.0.1:8090");
        assertThat(settings.values()).doesNotContain("sk-test");
    }

    @Test
    void whatTheUserHasSetWinsOverTheDefaultsButNotOverTheAddresses() {
        // When
        Map<String, String> settings = settings(
                Map.of("topics.partitions", "7", "kafka.bootstrap.servers", "elsewhere:9092"),
                Map.of("TOKENTAPE_GATEWAY_DEFAULT_PROVIDER", "openai"));

        // Then
        assertThat(settings)
                .containsEntry("topics.partitions", "7")
                .containsEntry("kafka.bootstrap.servers", "127.0.0.1:9092")
                .doesNotContainKey("gateway.default-provider");
    }
}
