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
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.provider.Habits;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
