package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.ChatDialect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenAiChatTest {

    private static final AnswerIdentity IDENTITY = new AnswerIdentity(7, 1_700_000_000);
    private final OpenAiChat openAi = new OpenAiChat(ChatDialect.OPENAI);

    @Test
    void aStreamOfTwoChoicesHasRolesDeltasFinishesUsageAndDone() throws Exception {
        // Given
        var request = read("""
            {"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"n":2,
             "messages":[{"role":"user","content":"Hi"}]}""");
        var script = new Script(
                List.of(text(StopReason.END_TURN, "Say \"h", "i\"\n👍"), text(StopReason.MAX_TOKENS, "Straße")), 9);

        // When
        String stream = stream(request, script);

        // Then
        String head = "data: " + "{\"id\":\"chatcmpl-sim000007\",\"object\":\"chat.completion.chunk\","
                + "\"created\":1700000000,\"model\":\"gpt-4o-mini\",\"service_tier\":\"default\","
                + "\"system_fingerprint\":\"fp_simulator\",\"choices\":[";
        String tail = "],\"usage\":null}\n\n";
        String role = "\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,"
                + "\"finish_reason\":null}";
        String open = ",\"logprobs\":null,\"finish_reason\":null}";
        assertThat(stream)
                .isEqualTo(head + "{\"index\":0," + role + tail
                        + head + "{\"index\":0,\"delta\":{\"content\":\"Say \\\"h\"}" + open + tail
                        + head + "{\"index\":1," + role + tail
                        + head + "{\"index\":1,\"delta\":{\"content\":\"Straße\"}" + open + tail
                        + head + "{\"index\":0,\"delta\":{\"content\":\"i\\\"\\n👍\"}" + open + tail
                        + head + "{\"index\":1,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"length\"}" + tail
                        + head + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}" + tail
                        + head + "],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
                        + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void toolCallsAreNumberedFromZeroAndTheirArgumentsStream() throws Exception {
        // Given
        var request = read("{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        var script = new Script(
                List.of(new Choice(
                        List.of(
                                new Block.Text(List.of("Wait.")),
                                new Block.ToolCall("0a", "get_weather", List.of("{\"city\":", "\"Rīga\"}")),
                                new Block.ToolCall("0b", "get_time", List.of("{}"))),
                        StopReason.TOOL_USE)),
                9);

        // When
        String stream = stream(request, script);

        // Then
        assertThat(deltas(stream))
                .containsExactly(
                        "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                        "{\"content\":\"Wait.\"}",
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"call_0a\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}]}",
                        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}",
                        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Rīga\\\"}\"}}]}",
                        "{\"tool_calls\":[{\"index\":1,\"id\":\"call_0b\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"get_time\",\"arguments\":\"\"}}]}",
                        "{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"{}\"}}]}",
                        "{}");
        assertThat(stream)
                .contains("\"finish_reason\":\"tool_calls\"}]}\n\n")
                .doesNotContain("usage")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void aRefusalAndReasoningHaveDeltasOfTheirOwn() throws Exception {
        // Given
        var request = read("{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        var script = new Script(
                List.of(new Choice(
                        List.of(new Block.Thinking(List.of("Hm")), new Block.Refusal(List.of("No"))),
                        StopReason.REFUSAL)),
                9);

        // When
        String stream = stream(request, script);

        // Then
        assertThat(deltas(stream))
                .containsExactly(
                        "{\"role\":\"assistant\",\"content\":null,\"refusal\":\"\"}",
                        "{\"reasoning_content\":\"Hm\"}",
                        "{\"refusal\":\"No\"}",
                        "{}");
        assertThat(stream).contains("\"finish_reason\":\"stop\"");
    }

    @Test
    void anAnswerInOnePieceHasMessageAndUsage() throws Exception {
        // Given
        var request = read("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        var script = new Script(
                List.of(new Choice(
                        List.of(
                                new Block.Text(List.of("Wa", "it")),
                                new Block.ToolCall("0a", "now", List.of("{\"a\"", ":1}"))),
                        StopReason.TOOL_USE)),
                9);

        // When
        String body = utf8(openAi.whole(IDENTITY, request, script));

        // Then
        assertThat(body)
                .isEqualTo("{\"id\":\"chatcmpl-sim000007\",\"object\":\"chat.completion\",\"created\":1700000000,"
                        + "\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Wait\",\"refusal\":null,\"tool_calls\":[{\"id\":\"call_0a\","
                        + "\"type\":\"function\",\"function\":{\"name\":\"now\",\"arguments\":\"{\\\"a\\\":1}\"}}]},"
                        + "\"logprobs\":null,\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":9,"
                        + "\"completion_tokens\":4,\"total_tokens\":13,\"prompt_tokens_details\":{\"cached_tokens\":0,"
                        + "\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,"
                        + "\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}},"
                        + "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\"}");
    }

    @Test
    void errorsHaveTheApisShape() {
        assertThat(utf8(openAi.httpError(IDENTITY, 429, "Slow down.", 1).body()))
                .isEqualTo("{\"error\":{\"message\":\"Slow down.\",\"type\":\"requests\",\"param\":null,"
                        + "\"code\":\"rate_limit_exceeded\"}}");
        assertThat(utf8(openAi.httpError(IDENTITY, 500, null, -1).body()))
                .contains("\"type\":\"server_error\",\"param\":null,\"code\":null");
    }

    @Test
    void requestsAreReadWithPartsToolsAndLimits() throws Exception {
        // When
        var request = read("""
            {"model":"sim?tokens=5&seed=3","max_completion_tokens":3,"tool_choice":"required",
             "parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
             "messages":[{"role":"system","content":"Be brief."},
               {"role":"user","content":[{"type":"text","text":"One "},{"type":"text","text":"two"}]},
               {"role":"assistant","tool_calls":[]},
               {"role":"tool","tool_call_id":"x","content":"4"}]}""");

        // Then
        assertThat(request.model()).isEqualTo("sim");
        assertThat(request.lastUserText()).isEqualTo("One two");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.maxTokens()).isEqualTo(3);
        assertThat(request.settings().maxTokens()).isEqualTo(5);
        assertThat(request.tools().tools()).hasSize(1);
        assertThat(request.tools().parallel()).isFalse();
        assertThat(request.messages()).isEqualTo(4);
        assertThat(request.stream()).isFalse();
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> read("{")).hasMessageContaining("not valid JSON");
        assertThatThrownBy(() -> read("[]")).hasMessageContaining("JSON object");
        assertThatThrownBy(() -> read("{\"messages\":[]}")).hasMessageContaining("model");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"messages\":[]}")).hasMessageContaining("messages");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"max_tokens\":0,\"messages\":[{}]}"))
                .hasMessageContaining("max_tokens");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"n\":1000,\"messages\":[{}]}"))
                .hasMessageContaining("'n'");
        assertThatThrownBy(() -> read("{\"model\":\"m?tps=x\",\"messages\":[{}]}"))
                .hasMessageContaining("tps=x");
    }

    private static List<String> deltas(String stream) throws Exception {
        var json = new ObjectMapper();
        return stream.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> {
                    try {
                        return json.readTree(line.substring(6))
                                .path("choices")
                                .path(0)
                                .path("delta")
                                .toString();
                    } catch (java.io.IOException broken) {
                        throw new java.io.UncheckedIOException(broken);
                    }
                })
                .toList();
    }

    private static Choice text(StopReason stop, String... pieces) {
        return new Choice(List.of(new Block.Text(List.of(pieces))), stop);
    }

    private SimulatedRequest read(String body) throws RequestRefused {
        var request =
                new IncomingRequest("/v1/chat/completions", Map.of(), Map.of(), body.getBytes(StandardCharsets.UTF_8));
        return openAi.read(request, CallSettings.DEFAULT);
    }

    private String stream(SimulatedRequest request, Script script) {
        var encoder = openAi.stream(IDENTITY, request, script);
        var stream = new StringBuilder();
        script.steps().forEachRemaining(step -> stream.append(utf8(encoder.encode(step))));
        return stream.toString();
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
