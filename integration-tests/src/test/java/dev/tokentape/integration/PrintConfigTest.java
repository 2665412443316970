package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.config.ProvidersConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration as the command prints it, in a process with every key there can be in its environment. */
class PrintConfigTest {

    private static final String MARKER = "KEY4711";

    @TempDir
    private Path folder;

    @Test
    void aProducersPrintedConfigurationShowsNoKeyOfAnyProvider() throws IOException {
        // Given
        Map<String, String> environment = new HashMap<>();
        ProvidersConfig.known()
                .values()
                .forEach(variables ->
                        variables.forEach(variable -> environment.put(variable, "sk-" + MARKER + "-" + variable)));
        environment.put("AWS_ACCESS_KEY_ID", "AKIA" + MARKER);
        environment.put("AWS_SECRET_ACCESS_KEY", MARKER + "secret");
        environment.put("AWS_SESSION_TOKEN", MARKER + "session");
        environment.put("AWS_REGION", "eu-central-1");
        environment.put("MY_OWN_KEY", MARKER + "own");
        environment.put(
                "TOKENTAPE_PROVIDERS", String.join(",", ProvidersConfig.known().keySet()) + ",mine");
        environment.put("TOKENTAPE_PROVIDER_AZURE_OPENAI_BASE_URL", "https://me.openai.azure.com");
        environment.put("TOKENTAPE_PROVIDER_MINE_API", "openai-chat-completions");
        environment.put("TOKENTAPE_PROVIDER_MINE_BASE_URL", "https://llm.example.com");
        environment.put("TOKENTAPE_PROVIDER_MINE_KEY_VARIABLE", "MY_OWN_KEY");
        Path printed = folder.resolve("printed");

        // When
        int exit = ServiceProcess.run(environment, printed, "producer", "--print-config");

        // Then
        assertThat(printed).content().contains("provider.mistral.base-url", "llm.example.com", "MY_OWN_KEY");
        assertThat(exit).isZero();
        assertThat(printed).content().doesNotContain(MARKER);
    }
}
