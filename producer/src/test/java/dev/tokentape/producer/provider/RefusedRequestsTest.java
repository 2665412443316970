package dev.tokentape.producer.provider;

import static dev.tokentape.producer.provider.ApiNames.BEDROCK;
import static dev.tokentape.producer.provider.ApiNames.CHAT;
import static dev.tokentape.producer.provider.ApiNames.GEMINI;
import static dev.tokentape.producer.provider.ApiNames.MESSAGES;
import static dev.tokentape.producer.provider.ApiNames.OLLAMA;
import static dev.tokentape.producer.provider.ApiNames.RESPONSES;
import static dev.tokentape.producer.provider.Jobs.message;
import static dev.tokentape.producer.provider.Jobs.text;
import static dev.tokentape.producer.provider.VendorRequests.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.provider.Habits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an API cannot do is refused before any call, by the name of the field. */
class RefusedRequestsTest {

    @ParameterizedTest
    @MethodSource("unsupported")
    void whatAnApiCannotDoIsRefusedByField(String api, String field, Consumer<GenerationRequest.Builder> settings) {
        assertThatThrownBy(() -> body(api, job(settings)))
                .isInstanceOfSatisfying(
                        UnsupportedRequestException.class,
                        e -> assertThat(e.field()).isEqualTo(field));
    }

    static Stream<Arguments> unsupported() {
        Part audio = Part.newBuilder()
                .setType(PartType.AUDIO)
                .setUrl("http://a/b.wav")
                .build();
        Part link = Part.newBuilder()
                .setType(PartType.IMAGE)
                .setUrl("http://a/b.png")
                .build();
        return Stream.of(
                refused(CHAT, "thinking_budget", request -> request.setThinkingBudget(1)),
                refused(CHAT, "stop", request -> request.setStop(List.of("1", "2", "3", "4", "5"))),
                refused(CHAT, "tool_choice", request -> request.setToolChoice("nothing")),
                refused(CHAT, "tool_choice", request -> request.setToolChoice("required")),
                refused(CHAT, "extra", request -> request.setExtra("[]")),
                refused(CHAT, "extra", request -> request.setExtra("{\"stream\":false}")),
                refused(CHAT, "response_schema", request -> request.setResponseSchema("{")),
                refused(CHAT, "messages", request -> request.setMessages(List.of(message("user", audio)))),
                refused(MESSAGES, "messages", request -> request.setMessages(List.of(message("user", audio)))),
                refused(MESSAGES, "thinking_budget", request -> request.setThinkingBudget(100)),
                refused(
                        MESSAGES,
                        "thinking_budget",
                        request -> request.setThinkingBudget(2000).setMaxTokens(2000)),
                refused(
                        MESSAGES,
                        "tool_choice",
                        request -> request.setThinkingBudget(2000)
                                .setTools(List.of(WEATHER))
                                .setToolChoice("required")),
                refused(
                        MESSAGES,
                        "tool_choice",
                        request -> request.setModel("claude-opus-4-7")
                                .setThinkingBudget(2000)
                                .setTools(List.of(WEATHER))
                                .setToolChoice("weather")),
                refused(MESSAGES, "messages", request -> begun(request.setModel("claude-sonnet-4-6"))),
                refused(MESSAGES, "messages", request -> begun(request.setModel("claude-fable-5"))),
                refused(
                        MESSAGES,
                        "top_p",
                        request -> request.setThinkingBudget(2000)
                                .setMaxTokens(4000)
                                .setTopP(0.5)),
                refused(
                        MESSAGES,
                        "top_p",
                        request -> request.setModel("claude-haiku-4-5")
                                .setTemperature(0.5)
                                .setTopP(0.5)),
                refused(BEDROCK, "messages", request -> begun(request.setModel("eu.anthropic.claude-opus-4-6-v1"))),
                refused(
                        BEDROCK,
                        "tool_choice",
                        request -> request.setModel("eu.anthropic.claude-sonnet-4-5-v1:0")
                                .setThinkingBudget(2000)
                                .setTools(List.of(WEATHER))
                                .setToolChoice("required")),
                refused(RESPONSES, "stop", request -> request.setStop(List.of("1"))),
                refused(RESPONSES, "thinking_budget", request -> request.setThinkingBudget(1)),
                refused(RESPONSES, "messages", request -> request.setMessages(List.of(message("user", audio)))),
                refused(BEDROCK, "thinking_budget", request -> request.setThinkingBudget(2000)),
                refused(
                        BEDROCK,
                        "tool_choice",
                        request -> request.setTools(List.of(WEATHER)).setToolChoice("none")),
                refused(BEDROCK, "messages", request -> request.setMessages(List.of(message("user", audio)))),
                refused(BEDROCK, "messages", request -> request.setMessages(List.of(message("user", link)))),
                refused(GEMINI, "stop", request -> request.setStop(List.of("1", "2", "3", "4", "5", "6"))),
                refused(OLLAMA, "thinking_budget", request -> request.setThinkingBudget(5)),
                refused(
                        OLLAMA,
                        "tool_choice",
                        request -> request.setTools(List.of(WEATHER)).setToolChoice("weather")),
                refused(OLLAMA, "messages", request -> request.setMessages(List.of(message("user", link)))),
                refused(
                        MESSAGES,
                        "tools",
                        request -> request.setTools(List.of(
                                Tool.newBuilder(WEATHER).setParameters("nope").build()))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deepseek   | deepseek-v4-pro   |                                    | required",
                "deepseek   | deepseek-reasoner |                                    | weather",
                "deepseek   | deepseek-chat     | {\"thinking\":{\"type\":\"enabled\"}}  | required",
                "deepseek   | deepseek-v4-pro   |                                    | begun",
                "moonshot   | kimi-k2.5         |                                    | required",
                "perplexity | sonar             |                                    | begun"
            })
    void whatAServerOfTheSameApiCannotDoIsRefusedToo(
            String provider, String model, @Nullable String extra, String asked) {
        // Given
        Consumer<GenerationRequest.Builder> change = asked.equals("begun")
                ? RefusedRequestsTest::begun
                : request -> request.setTools(List.of(WEATHER)).setToolChoice(asked);
        GenerationJob job = job(request -> change.accept(request.setModel(model).setExtra(extra)));

        // Then
        assertThatThrownBy(() -> provider(provider).body(job))
                .isInstanceOfSatisfying(
                        UnsupportedRequestException.class,
                        e -> assertThat(e.field()).isEqualTo(asked.equals("begun") ? "messages" : "tool_choice"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deepseek | deepseek-chat     |                                    | required "
                        + "| \"tool_choice\":\"required\"",
                "deepseek | deepseek-v4-pro   | {\"thinking\":{\"type\":\"disabled\"}} | required "
                        + "| \"tool_choice\":\"required\"",
                "deepseek | deepseek-chat     |                                    | begun    | Once upon",
                "mistral  | mistral-large     |                                    | begun    | \"prefix\":true",
                "anthropic | claude-haiku-4-5 |                                    | begun    | Once upon",
                "anthropic | claude-sonnet-5  |                                    | required "
                        + "| \"thinking\":{\"type\":\"disabled\"}"
            })
    void whatItCanDoItIsAsked(String provider, String model, @Nullable String extra, String asked, String words) {
        // Given
        Consumer<GenerationRequest.Builder> change = asked.equals("begun")
                ? RefusedRequestsTest::begun
                : request -> request.setTools(List.of(WEATHER)).setToolChoice(asked);

        // When
        String body = provider(provider)
                .body(job(request -> change.accept(request.setModel(model).setExtra(extra))))
                .toString();

        // Then
        assertThat(body).contains(words);
    }

    private static void begun(GenerationRequest.Builder request) {
        request.setMessages(List.of(message("user", text("Tell.")), message("assistant", text("Once upon"))));
    }

    private static ProviderConfig provider(String name) {
        Settings settings = Settings.of(Map.of(
                "providers", name,
                "provider.moonshot.api", CHAT,
                "provider.moonshot.base-url", "https://api.moonshot.ai"));
        return Objects.requireNonNull(ProviderConfig.from(settings, name));
    }

    private static Arguments refused(String api, String field, Consumer<GenerationRequest.Builder> settings) {
        return Arguments.of(api, field, settings);
    }

    private static GenerationJob job(Consumer<GenerationRequest.Builder> settings) {
        return Jobs.of(List.of(), List.of(message("user", text("Hi"))), settings);
    }

    private static String body(String api, GenerationJob job) {
        return Json.write(Objects.requireNonNull(Apis.named(api)).body(job, Habits.VENDOR));
    }
}
