package dev.tokentape.producer.provider;

import static dev.tokentape.producer.provider.Jobs.call;
import static dev.tokentape.producer.provider.Jobs.image;
import static dev.tokentape.producer.provider.Jobs.message;
import static dev.tokentape.producer.provider.Jobs.result;
import static dev.tokentape.producer.provider.Jobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestBodiesTest {

    private static final String CHAT = "openai-chat-completions";
    private static final String MESSAGES = "anthropic-messages";
    private static final Tool WEATHER = Tool.newBuilder()
            .setName("weather")
            .setDescription("Tells the weather.")
            .setParameters("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}")
            .build();

    @Test
    void aPlainQuestion() {
        // Given
        GenerationJob job = Jobs.asking("Say hello.");

        // Then
        assertThat(body(CHAT, job)).isEqualTo("""
                        {"model":"test-model","messages":[{"role":"user","content":"Say hello."}],"stream":true,"stream_options":{"include_usage":true}}""");
        assertThat(body(MESSAGES, job)).isEqualTo("""
                        {"model":"test-model","max_tokens":4096,"messages":[{"role":"user","content":"Say hello."}],"stream":true}""");
    }

    @Test
    void everySetting() {
        // Given
        GenerationJob job = job(request -> request.setSystem("Be brief.")
                .setMaxTokens(2000)
                .setTemperature(0.5)
                .setTopP(0.9)
                .setStop(List.of("END", "\n\n"))
                .setTools(List.of(WEATHER))
                .setToolChoice("weather")
                .setResponseSchema("{\"type\":\"object\"}")
                .setExtra("{\"seed\":7,\"temperature\":0.6}"));

        // Then
        assertThat(body(CHAT, job)).isEqualTo("""
                        {"model":"test-model","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],\
                        "stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":2000,"temperature":0.6,"top_p":0.9,\
                        "stop":["END","\\n\\n"],"tools":[{"type":"function","function":{"name":"weather","description":"Tells the weather.",\
                        "parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],\
                        "tool_choice":{"type":"function","function":{"name":"weather"}},"response_format":{"type":"json_schema",\
                        "json_schema":{"name":"response","strict":true,"schema":{"type":"object"}}},"seed":7}""");
        assertThat(body(MESSAGES, job)).isEqualTo("""
                        {"model":"test-model","max_tokens":2000,"system":"Be brief.","messages":[{"role":"user","content":"Hi"}],\
                        "stream":true,"temperature":0.6,"top_p":0.9,"stop_sequences":["END","\\n\\n"],\
                        "tools":[{"name":"weather","description":"Tells the weather.",\
                        "input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}],\
                        "tool_choice":{"type":"tool","name":"weather"},"output_config":{"format":{"type":"json_schema",\
                        "schema":{"type":"object"}}},"seed":7}""");
    }

    @Test
    void aServerThatIsNotOpenAiIsAskedByTheOldNameOfTheTokenLimit() {
        // Given
        GenerationJob job = job(request -> request.setMaxTokens(10));

        // When
        String body = Json.write(Objects.requireNonNull(Apis.named(CHAT)).body(job, false));

        // Then
        assertThat(body).contains("\"max_tokens\":10").doesNotContain("max_completion_tokens");
    }

    @Test
    void aToolRoundTripWithPicturesAndThinking() {
        // Given
        Part thinking = Part.newBuilder()
                .setType(PartType.THINKING)
                .setText("Hm.")
                .setSignature("c2ln")
                .build();
        List<Message> history = List.of(
                message("user", text("What is this?"), image("image/png", "AAAA")),
                message("assistant", thinking, text("Let me look."), call("t1", "weather", "{\"city\":\"Rome\"}")),
                message("tool", result("t1", "sunny")));
        GenerationJob job = Jobs.of(history, List.of(message("user", text("And now?"))), _ -> {});

        // Then
        assertThat(body(CHAT, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url",\
                        "image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"assistant","content":"Let me look.",\
                        "tool_calls":[{"id":"t1","type":"function","function":{"name":"weather",\
                        "arguments":"{\\"city\\":\\"Rome\\"}"}}]},{"role":"tool","tool_call_id":"t1","content":"sunny"},\
                        {"role":"user","content":"And now?"}],""");
        assertThat(body(MESSAGES, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image",\
                        "source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},{"role":"assistant","content":[\
                        {"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"Let me look."},\
                        {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Rome"}}]},{"role":"user","content":[\
                        {"type":"tool_result","tool_use_id":"t1","content":"sunny"},{"type":"text","text":"And now?"}]}],""");
    }

    @Test
    void whatACutAnswerLeftBehindDoesNotSpoilTheNext() {
        // Given
        List<Message> history = List.of(
                message("user", text("One")),
                message("assistant", text("")),
                message("user", text("Two")),
                message("assistant", text("Well"), call("t1", "weather", "{\"city\":")),
                message("assistant", call("t2", "weather", "{}")));
        GenerationJob job = Jobs.of(history, List.of(message("user", text("Three"))), _ -> {});

        // Then
        assertThat(body(CHAT, job)).contains("""
                        "messages":[{"role":"user","content":"One"},{"role":"user","content":"Two"},\
                        {"role":"assistant","content":"Well"},{"role":"user","content":"Three"}],""");
        assertThat(body(MESSAGES, job)).contains("""
                        "messages":[{"role":"user","content":[{"type":"text","text":"One"},{"type":"text","text":"Two"}]},\
                        {"role":"assistant","content":"Well"},{"role":"user","content":"Three"}],""");
    }

    @Test
    void anthropicThinksWithinABudget() {
        assertThat(body(MESSAGES, job(request -> request.setThinkingBudget(2048))))
                .contains("\"max_tokens\":6144", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}");
        assertThat(body(MESSAGES, job(request -> request.setThinkingBudget(0))))
                .contains("\"thinking\":{\"type\":\"disabled\"}");
    }

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
        return Json.write(Objects.requireNonNull(Apis.named(api)).body(job, true));
    }
}
