package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.standalone.stack.LocalStack;
import dev.tokentape.standalone.stack.Progress;
import dev.tokentape.standalone.stack.StackOptions;
import dev.tokentape.standalone.stack.StartRules;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The one-process mode as it comes: every provider answers, without a key, in the wire format of its own. */
class EveryProviderTest {

    private static final String MODEL = "sim?tps=500&tokens=20&ttft=5";

    @TempDir
    static Path data;

    private static LocalStack stack;
    private static Client client;

    @BeforeAll
    static void start() {
        StackOptions options =
                new StackOptions(data, "127.0.0.1", 0, 0, "test", new StartRules.Shipped(), withoutKeys());
        stack = LocalStack.start(options, Progress.SILENT, _ -> {});
        client = new Client(stack.url());
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    static Stream<String> providers() {
        return ProvidersConfig.known().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void everyProviderAnswersOutOfTheBox(String provider) {
        // When
        JsonNode answer = Client.parse(client.postBody(
                        "provider-" + provider,
                        Map.of("prompt", "The same for all of them", "provider", provider, "model", MODEL),
                        Map.of("Prefer", "wait"))
                .body());

        // Then
        assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("completed");
        assertThat(answer.get("stop_reason").textValue()).isEqualTo("END_TURN");
        assertThat(answer.at("/usage/output_tokens").longValue()).isEqualTo(20);
        assertThat(answer.get("provider").textValue()).isEqualTo(provider);
    }

    @Test
    void allOfThemSayTheSameWhateverTheirWireFormat() {
        Set<String> texts = new HashSet<>();
        for (String provider : List.of("openai", "openai-responses", "anthropic", "bedrock", "gemini", "ollama")) {
            texts.add(Client.parse(client.postBody(
                                    "same-" + provider,
                                    Map.of("prompt", "Say the same", "provider", provider, "model", MODEL),
                                    Map.of("Prefer", "wait"))
                            .body())
                    .get("text")
                    .textValue());
        }
        assertThat(texts).hasSize(1);
        assertThat(texts.iterator().next()).isNotBlank();
    }

    /** Whoever runs the tests may have keys; no test may spend them. */
    private static Map<String, String> withoutKeys() {
        Map<String, String> given = new java.util.HashMap<>();
        ProvidersConfig.known().values().forEach(variables -> variables.forEach(variable -> given.put(variable, "")));
        return given;
    }
}
