package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class OllamaNativeTest {

    private static final String HELLO =
            "{\"model\":\"llama?ttft=1000&tps=10\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private final OllamaNative chat = new OllamaNative(true);
    private final OllamaNative generate = new OllamaNative(false);

    @Test
    void aChatHasALineForEachTokenAWholeCallAndTheCountsAtLast() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.TOOL_USE,
                new Block.Thinking(List.of("Hm")),
                new Block.Text(List.of("Say \"hi\"\n")),
                new Block.ToolCall("0a", "get_weather", List.of("{\"city\":", "\"Rīga\"}")));

        // When
        String stream = Wire.stream(chat, chat(HELLO), script);

        // Then
        assertThat(stream).isEqualTo("""
            {"model":"llama","created_at":"2023-11-14T22:13:21Z","message":{"role":"assistant","content":"",\
            "thinking":"Hm"},"done":false}
            {"model":"llama","created_at":"2023-11-14T22:13:21.100Z","message":{"role":"assistant",\
            "content":"Say \\"hi\\"\\n"},"done":false}
            {"model":"llama","created_at":"2023-11-14T22:13:21.400Z","message":{"role":"assistant","content":"",\
            "tool_calls":[{"id":"call_0a","function":{"index":0,"name":"get_weather","arguments":{"city":"Rīga"}}}]},\
            "done":false}
            {"model":"llama","created_at":"2023-11-14T22:13:21.400Z","message":{"role":"assistant","content":""},\
            "done":true,"done_reason":"stop","total_duration":1400000000,"load_duration":1,"prompt_eval_count":9,\
            "prompt_eval_duration":1000000000,"eval_count":4,"eval_duration":400000000}
            """);
    }

    @Test
    void aCompletionHasResponsesInsteadOfMessages() throws Exception {
        // Given
        var request = Wire.read(generate, "/api/generate", "{\"model\":\"llama?ttft=0&tps=0\",\"prompt\":\"Hi\"}");
        var script =
                Wire.script(StopReason.MAX_TOKENS, new Block.Thinking(List.of("Hm")), new Block.Text(List.of("Once")));

        // When
        String stream = Wire.stream(generate, request, script);

        // Then
        assertThat(stream).isEqualTo("""
            {"model":"llama","created_at":"2023-11-14T22:13:20Z","response":"","thinking":"Hm","done":false}
            {"model":"llama","created_at":"2023-11-14T22:13:20.000000001Z","response":"Once","done":false}
            {"model":"llama","created_at":"2023-11-14T22:13:20.000000002Z","response":"","done":true,\
            "done_reason":"length","total_duration":2,"load_duration":1,"prompt_eval_count":9,"prompt_eval_duration":0,\
            "eval_count":2,"eval_duration":2}
            """);
    }

    @Test
    void anAnswerInOnePieceIsTheLastLineWithEverythingInIt() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.TOOL_USE,
                new Block.Thinking(List.of("H", "m")),
                new Block.Text(List.of("Wa", "it")),
                new Block.ToolCall("0a", "now", List.of("{}")));

        // When
        String body = Wire.whole(chat, chat(HELLO), script);

        // Then
        assertThat(body)
                .isEqualTo("{\"model\":\"llama\",\"created_at\":\"2023-11-14T22:13:21.500Z\",\"message\":"
                        + "{\"role\":\"assistant\",\"content\":\"Wait\",\"thinking\":\"Hm\",\"tool_calls\":"
                        + "[{\"id\":\"call_0a\",\"function\":{\"index\":0,\"name\":\"now\",\"arguments\":{}}}]},"
                        + "\"done\":true,\"done_reason\":\"stop\",\"total_duration\":1500000000,\"load_duration\":1,"
                        + "\"prompt_eval_count\":9,\"prompt_eval_duration\":1000000000,\"eval_count\":5,"
                        + "\"eval_duration\":500000000}");
    }

    @Test
    void errorsAreAStringOnALineOfTheirOwn() throws Exception {
        assertThat(Wire.error(chat, 404, -1))
                .isEqualTo("{\"error\":\"The model does not exist, or the key may not use it.\"}");
        var encoder = chat.stream(Wire.IDENTITY, chat(HELLO), Wire.script(StopReason.END_TURN));
        assertThat(Wire.text(encoder.error()))
                .isEqualTo("{\"error\":\"an error was encountered while running the model\"}\n");
    }

    @Test
    void requestsAreReadAndStreamUnlessTheySayOtherwise() throws Exception {
        // When
        var request = chat("""
            {"model":"sim?tokens=5","think":"low","stream":false,"options":{"num_predict":30},
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
             "messages":[{"role":"user","content":"How warm?"},
               {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},
               {"role":"tool","tool_name":"f","content":"4"}]}""");

        // Then
        assertThat(request.model()).isEqualTo("sim");
        assertThat(request.lastUserText()).isEqualTo("How warm?");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.thinkingBudget()).isPositive();
        assertThat(request.maxTokens()).isEqualTo(30);
        assertThat(request.tools().tools()).hasSize(1);
        assertThat(request.stream()).isFalse();
        assertThat(chat(HELLO).stream()).isTrue();
        assertThat(chat(HELLO).thinkingBudget()).isZero();
        assertThat(chat("{\"model\":\"m\",\"options\":{\"num_predict\":-1},\"messages\":[{}]}")
                        .maxTokens())
                .isNull();
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> chat("{\"messages\":[{}]}")).hasMessageContaining("model");
        assertThatThrownBy(() -> chat("{\"model\":\"m\"}")).hasMessageContaining("messages");
        assertThatThrownBy(() -> chat("{\"model\":\"m\",\"options\":{\"num_predict\":0},\"messages\":[{}]}"))
                .hasMessageContaining("num_predict");
    }

    private SimulatedRequest chat(String body) throws RequestRefused {
        return Wire.read(chat, "/api/chat", body);
    }
}
