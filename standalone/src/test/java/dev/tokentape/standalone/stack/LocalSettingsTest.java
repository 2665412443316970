package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AZURE_OPENAI_API_KEY=k                      | azure-openai | provider.azure-openai.base-url",
                "AWS_ACCESS_KEY_ID=k AWS_REGION=eu-central-1                | bedrock      | AWS_SECRET_ACCESS_KEY",
                "AWS_ACCESS_KEY_ID=k AWS_SECRET_ACCESS_KEY=s                | bedrock      | AWS_REGION",
                "AWS_BEARER_TOKEN_BEDROCK=k                                 | bedrock      | AWS_REGION"
            })
    void aVendorOfWhichOnlyAPartIsSetIsLeftOutAndStopsNobodyButThoseWhoNameIt(
            String variables, String vendor, String missing) {
        // Given
        Map<String, String> environment = new LinkedHashMap<>(Map.of("OPENAI_API_KEY", "k"));
        environment.putAll(variables(variables));
        Map<String, String> naming = new LinkedHashMap<>(environment);
        naming.put("TOKENTAPE_GATEWAY_DEFAULT_PROVIDER", vendor);

        // When
        Map<String, String> settings = settings(Map.of(), environment);
        Settings producer = new Settings(settings, environment, Map.of());
        ProvidersConfig providers = ProvidersConfig.from(producer);

        // Then
        assertThatCode(producer::check).doesNotThrowAnyException();
        assertThat(providers.toString()).contains("openai").doesNotContain(vendor);
        assertThat(settings).containsEntry("gateway.default-provider", "openai");
        assertThat(HalfSetKeys.of(new Settings(Map.of(), environment, Map.of())))
                .hasSize(1)
                .hasEntrySatisfying(vendor, lacking -> assertThat(lacking).contains(missing));
        assertThat(HalfSetKeys.of(new Settings(Map.of(), naming, Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                                          | simulator    | sim",
                "OPENAI_API_KEY=k                                          | openai       | gpt-4o-mini",
                "ANTHROPIC_API_KEY=k                                       | anthropic    | claude-haiku-4-5",
                "ANTHROPIC_API_KEY=k OPENAI_API_KEY=k                      | openai       | gpt-4o-mini",
                "GEMINI_API_KEY=k MISTRAL_API_KEY=k                        | gemini       | gemini-2.5-flash",
                "MISTRAL_API_KEY=k                                         | mistral      | mistral-small-latest",
                "DEEPSEEK_API_KEY=k                                        | deepseek     | deepseek-chat",
                "GROQ_API_KEY=k                                            | groq         | openai/gpt-oss-20b",
                "OPENROUTER_API_KEY=k                                      | openrouter   | openrouter/auto",
                "XAI_API_KEY=k                                             | xai          | grok-4",
                "PERPLEXITY_API_KEY=k                                      | perplexity   | sonar",
                "AWS_BEARER_TOKEN_BEDROCK=k AWS_REGION=eu-central-1        | bedrock      | eu.amazon.nova-lite-v1:0",
                "AWS_ACCESS_KEY_ID=k AWS_SECRET_ACCESS_KEY=s AWS_DEFAULT_REGION=us-west-2"
                        + " | bedrock      | us.amazon.nova-lite-v1:0",
                "AWS_ACCESS_KEY_ID=k AWS_REGION=us-east-1 GEMINI_API_KEY=k | gemini       | gemini-2.5-flash",
                "AWS_BEARER_TOKEN_BEDROCK=k AWS_REGION=sa-east-1           | simulator    | sim",
                "AZURE_OPENAI_API_KEY=k                                    | simulator    | sim",
                "AZURE_OPENAI_API_KEY=k TOKENTAPE_PROVIDER_AZURE_OPENAI_BASE_URL=https://a"
                        + " TOKENTAPE_GATEWAY_DEFAULT_MODELS=azure-openai=mine | azure-openai | mine",
                "AZURE_OPENAI_API_KEY=k TOKENTAPE_GATEWAY_DEFAULT_MODELS=azure-openai=mine | simulator    | sim",
                "AWS_ACCESS_KEY_ID=k AWS_REGION=us-east-1                   | simulator    | sim",
                "OPENAI_API_KEY=k TOKENTAPE_GATEWAY_DEFAULT_MODELS=openai=gpt-5            | openai       | gpt-5",
                "VLLM_API_KEY=k TOKENTAPE_GATEWAY_DEFAULT_MODELS=vllm=qwen                 | vllm         | qwen",
                "TOKENTAPE_PROVIDER_OLLAMA_BASE_URL=http://o TOKENTAPE_GATEWAY_DEFAULT_MODELS=ollama=llama3.2"
                        + " | ollama | llama3.2",
                "OPENAI_API_KEY=k TOKENTAPE_GATEWAY_DEFAULT_PROVIDER=simulator             | simulator    | sim"
            })
    void whoNamesNoProviderAsksTheFirstThatIsCalledAndHasAModel(
            @Nullable String variables, String provider, String model) {
        // Given
        Map<String, String> environment = variables(variables);

        // When
        Settings gateway = new Settings(settings(Map.of(), environment), environment, Map.of());

        // Then
        assertThat(gateway.text("gateway.default-provider", "")).isEqualTo(provider);
        assertThat(GatewayConfig.defaultModels(gateway)).containsEntry(provider, model);
    }

    private static Map<String, String> variables(@Nullable String variables) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : variables == null ? new String[0] : variables.split(" ")) {
            environment.put(
                    variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        return environment;
    }
}
