package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.Seal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnthropicMessagesTest {

    private static final AnswerIdentity IDENTITY = new AnswerIdentity(7, 1_700_000_000);
    private static final Script SCRIPT = new Script(
            List.of(new Choice(
                    List.of(
                            new Block.Thinking(List.of("Hm", "…")),
                            new Block.Text(List.of("Say \"hi\"\n")),
                            new Block.ToolCall("0a", "get_weather", List.of("{\"a\"", ":1}")),
                            new Block.ToolCall("0b", "get_time", List.of("{}"))),
                    StopReason.TOOL_USE)),
            9);
    private final AnthropicMessages anthropic = new AnthropicMessages();

    @Test
    void aStreamHasEveryEventOfEveryKindOfBlock() throws Exception {
        // Given
        var request = read("""
            {"model":"claude-x","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");

        // When
        var encoder = anthropic.stream(IDENTITY, request, SCRIPT);
        var stream = new StringBuilder();
        SCRIPT.steps().forEachRemaining(step -> stream.append(utf8(encoder.encode(step))));

        // Then
        assertThat(stream.toString()).isEqualTo("""
            event: message_start
            data: {"type":"message_start","message":{"model":"claude-x","id":"msg_sim000007","type":"message",\
            "role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,\
            "cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"",\
            "signature":""}}

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"…"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"%s"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Say \\"hi\\"\\n"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_0a",\
            "name":"get_weather","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: content_block_start
            data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_0b",\
            "name":"get_time","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":3}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},\
            "usage":{"input_tokens":9,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":6}}

            event: message_stop
            data: {"type":"message_stop"}

            """.formatted(Seal.ANTHROPIC.signature("Hm…")));
        assertThat(utf8(encoder.error())).isEqualTo("""
            event: error
            data: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}

            """);
    }

    @Test
    void anAnswerInOnePieceHasTheSameBlocks() throws Exception {
        // Given
        var request = read("{\"model\":\"claude-x\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\"}]}");

        // When
        String body = utf8(anthropic.whole(IDENTITY, request, SCRIPT));

        // Then
        assertThat(body)
                .isEqualTo(
                        "{\"id\":\"msg_sim000007\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\","
                                + "\"content\":[{\"type\":\"thinking\",\"thinking\":\"Hm…\",\"signature\":\""
                                + Seal.ANTHROPIC.signature("Hm…") + "\"},"
                                + "{\"type\":\"text\",\"text\":\"Say \\\"hi\\\"\\n\"},"
                                + "{\"type\":\"tool_use\",\"id\":\"toolu_0a\",\"name\":\"get_weather\","
                                + "\"input\":{\"a\":1}},{\"type\":\"tool_use\",\"id\":\"toolu_0b\","
                                + "\"name\":\"get_time\",\"input\":{}}],\"stop_reason\":\"tool_use\","
                                + "\"stop_sequence\":null,\"usage\":{\"input_tokens\":9,"
                                + "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,"
                                + "\"output_tokens\":6,\"service_tier\":\"standard\"}}");
    }

    @Test
    void errorsHaveTheApisShape() {
        assertThat(utf8(anthropic.httpError(IDENTITY, 529, null, 1).body()))
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},"
                        + "\"request_id\":\"req_sim000007\"}");
        assertThat(utf8(anthropic.httpError(IDENTITY, 401, "No.", -1).body())).contains("authentication_error", "No.");
    }

    @Test
    void requestsAreReadWithToolsThinkingAndToolResults() throws Exception {
        // When
        var request = read("""
            {"model":"claude-x","max_tokens":4096,"thinking":{"type":"enabled","budget_tokens":2048},
             "system":[{"type":"text","text":"Be brief."}],
             "tools":[{"name":"f","input_schema":{"type":"object"}}],
             "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
             "messages":[{"role":"user","content":"How warm?"},{"role":"assistant","content":[]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"4"}]}]}""");

        // Then
        assertThat(request.lastUserText()).isEqualTo("How warm?");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.thinkingBudget()).isEqualTo(2048);
        assertThat(request.tools().forced()).isEqualTo("f");
        assertThat(request.tools().use()).isEqualTo(ToolOffer.Use.AUTO);
        assertThat(request.tools().parallel()).isFalse();
        assertThat(request.messages()).isEqualTo(3);
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"messages\":[{}]}")).hasMessage("max_tokens: Field required");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"max_tokens\":1}"))
                .hasMessageContaining("messages: Field required");
        assertThatThrownBy(() -> read("{\"max_tokens\":1}")).hasMessageContaining("model: Field required");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"max_tokens\":1024,\"messages\":[{}],"
                        + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}}"))
                .hasMessageContaining("larger than thinking.budget_tokens");
        var withoutVersion = new IncomingRequest("/v1/messages", Map.of(), Map.of(), new byte[0]);
        assertThatThrownBy(() -> anthropic.read(withoutVersion, CallSettings.DEFAULT))
                .hasMessageContaining("anthropic-version");
    }

    private SimulatedRequest read(String body) throws RequestRefused {
        var headers = Map.of("anthropic-version", "2023-06-01");
        var request = new IncomingRequest("/v1/messages", Map.of(), headers, body.getBytes(StandardCharsets.UTF_8));
        return anthropic.read(request, CallSettings.DEFAULT);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
