package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that a fallback lacks, unlike the first: named beforehand, or left out where the request allows it. */
class FallbackOptionsTest extends AnswerCallScenario {

    private static final String ROWS = """
            # option | first | model | fallback | model | its name in the body
            thinking_budget | anthropic | claude-haiku-4-5 | openai | gpt-4o-mini | budget_tokens
            thinking_budget | anthropic | claude-haiku-4-5 | openai-responses | gpt-5 | budget_tokens
            thinking_budget | gemini | gemini-2.5-flash | bedrock | amazon.nova-lite | thinkingBudget
            stop | anthropic | claude-haiku-4-5 | openai-responses | gpt-5 | stop_sequences
            temperature | openai | gpt-4o-mini | anthropic | claude-opus-4-7 | temperature
            top_p | openai | gpt-4o-mini | anthropic | claude-opus-4-7 | top_p
            tool_choice | openai | gpt-4o-mini | ollama | qwen3 | tool_choice
            tool_choice | openai | gpt-4o-mini | deepseek | deepseek-reasoner | tool_choice
            """;

    private ScriptedVendor vendor;
    private Providers providers;

    @BeforeEach
    void start() throws IOException {
        vendor = new ScriptedVendor();
        Map<String, String> given = new LinkedHashMap<>();
        List<String> names =
                List.of("openai", "openai-responses", "anthropic", "gemini", "bedrock", "ollama", "deepseek");
        given.put("providers", String.join(",", names));
        names.forEach(name -> given.put("provider." + name + ".base-url", vendor.url()));
        names.forEach(name -> given.put("provider." + name + ".max-tries", "1"));
        Settings settings = Settings.of(given);
        providers = Providers.from(settings);
        settings.check();
    }

    @AfterEach
    void stop() {
        providers.close();
        vendor.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROWS)
    void whatTheFallbackLacksIsNamedBeforeAnybodyIsAsked(
            String option, String first, String model, String fallback, String other, String name) throws Exception {
        // When
        ask(option, first, model, fallback, other, List.of());

        // Then
        ErrorInfo error = ((TokenEvent.Failed) events.getLast()).error();
        assertThat(error.getCode()).isEqualTo("unsupported_request");
        assertThat(error.getMessage()).startsWith(option + ": ").contains("fallback.leave_out");
        assertThat(vendor.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROWS)
    void whatMayBeLeftOutIsAskedOfTheFirstAloneAndTheFallbackWithoutIt(
            String option, String first, String model, String fallback, String other, String name) throws Exception {
        // Given
        vendor.answers("{\"error\":{\"message\":\"down\"}}");
        vendor.answers("{\"error\":{\"message\":\"down too\"}}");

        // When
        ask(option, first, model, fallback, other, List.of(option));

        // Then
        assertThat(vendor.asked()).hasSize(2);
        assertThat(vendor.asked().getFirst().toString()).contains(name);
        assertThat(vendor.asked().getLast().toString())
                .contains("Hello")
                .doesNotContain(name)
                .doesNotContain("\"" + option + "\"");
    }

    private void ask(String option, String first, String model, String fallback, String other, List<String> leftOut)
            throws InterruptedException {
        Consumer<GenerationRequest.Builder> asked = switch (option) {
            case "thinking_budget" -> request -> request.setThinkingBudget(2000);
            case "stop" -> request -> request.setStop(List.of("END"));
            case "temperature" -> request -> request.setTemperature(0.5);
            case "top_p" -> request -> request.setTopP(0.5);
            default ->
                request -> request.setToolChoice("required")
                        .setTools(List.of(Tool.newBuilder()
                                .setName("f")
                                .setParameters("{\"type\":\"object\"}")
                                .build()));
        };
        GenerationJob job = jobFor(first);
        GenerationRequest.Builder request = GenerationRequest.newBuilder(job.getRequest())
                .setModel(model)
                .setMessages(List.of(Jobs.user("Hello")))
                .setFallbackProvider(fallback)
                .setFallbackModel(other)
                .setFallbackLeaveOut(leftOut);
        asked.accept(request);
        Upstreams upstreams = new Upstreams(providers, new ProducerMetrics(meters, _ -> true), System::nanoTime);
        prepare(
                        upstreams,
                        GenerationJob.newBuilder(job)
                                .setRequest(request.build())
                                .build())
                .run();
    }
}
