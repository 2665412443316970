package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.ToolOffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenAiResponsesTest {

    private static final String PATH = "/v1/responses";
    private static final Script SCRIPT = Wire.script(
            StopReason.TOOL_USE,
            new Block.Thinking(List.of("Hm", "…")),
            new Block.Text(List.of("Say \"hi\"\n")),
            new Block.ToolCall("0a", "get_weather", List.of("{\"a\"", ":1}")));
    private final OpenAiResponses responses = new OpenAiResponses();

    @Test
    void aStreamHasEveryEventOfEveryKindOfItemNumberedFromZero() throws Exception {
        // Given
        var request = read("{\"model\":\"gpt-x\",\"stream\":true,\"input\":\"Hi\"}");

        // When
        String stream = Wire.stream(responses, request, SCRIPT);

        // Then
        String reasoning = "{\"id\":\"rs_sim000007_0\",\"type\":\"reasoning\",\"summary\":"
                + "[{\"type\":\"summary_text\",\"text\":\"Hm…\"}]}";
        String part = "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"Say \\\"hi\\\"\\n\"}";
        String message = "{\"id\":\"msg_sim000007_1\",\"type\":\"message\",\"status\":\"completed\",\"content\":["
                + part + "],\"role\":\"assistant\"}";
        String call = "{\"id\":\"fc_sim000007_2\",\"type\":\"function_call\",\"status\":\"completed\","
                + "\"arguments\":\"{\\\"a\\\":1}\",\"call_id\":\"call_0a\",\"name\":\"get_weather\"}";
        String usage = "{\"input_tokens\":9,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":5,"
                + "\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":14}";
        assertThat(stream).isEqualTo("""
                    event: response.created
                    data: {"type":"response.created","response":%s,"sequence_number":0}

                    event: response.in_progress
                    data: {"type":"response.in_progress","response":%s,"sequence_number":1}

                    event: response.output_item.added
                    data: {"type":"response.output_item.added","item":{"id":"rs_sim000007_0","type":"reasoning",\
                    "summary":[]},"output_index":0,"sequence_number":2}

                    event: response.reasoning_summary_part.added
                    data: {"type":"response.reasoning_summary_part.added","item_id":"rs_sim000007_0","output_index":0,\
                    "summary_index":0,"part":{"type":"summary_text","text":""},"sequence_number":3}

                    event: response.reasoning_summary_text.delta
                    data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_sim000007_0","output_index":0,\
                    "summary_index":0,"delta":"Hm","sequence_number":4}

                    event: response.reasoning_summary_text.delta
                    data: {"type":"response.reasoning_summary_text.delta","item_id":"rs_sim000007_0","output_index":0,\
                    "summary_index":0,"delta":"…","sequence_number":5}

                    event: response.reasoning_summary_text.done
                    data: {"type":"response.reasoning_summary_text.done","item_id":"rs_sim000007_0","output_index":0,\
                    "summary_index":0,"text":"Hm…","sequence_number":6}

                    event: response.reasoning_summary_part.done
                    data: {"type":"response.reasoning_summary_part.done","item_id":"rs_sim000007_0","output_index":0,\
                    "summary_index":0,"part":{"type":"summary_text","text":"Hm…"},"sequence_number":7}

                    event: response.output_item.done
                    data: {"type":"response.output_item.done","item":%s,"output_index":0,"sequence_number":8}

                    event: response.output_item.added
                    data: {"type":"response.output_item.added","item":{"id":"msg_sim000007_1","type":"message",\
                    "status":"in_progress","content":[],"role":"assistant"},"output_index":1,"sequence_number":9}

                    event: response.content_part.added
                    data: {"type":"response.content_part.added","content_index":0,"item_id":"msg_sim000007_1",\
                    "output_index":1,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""},\
                    "sequence_number":10}

                    event: response.output_text.delta
                    data: {"type":"response.output_text.delta","content_index":0,"item_id":"msg_sim000007_1",\
                    "output_index":1,"delta":"Say \\"hi\\"\\n","logprobs":[],"sequence_number":11}

                    event: response.output_text.done
                    data: {"type":"response.output_text.done","content_index":0,"item_id":"msg_sim000007_1",\
                    "output_index":1,"logprobs":[],"text":"Say \\"hi\\"\\n","sequence_number":12}

                    event: response.content_part.done
                    data: {"type":"response.content_part.done","content_index":0,"item_id":"msg_sim000007_1",\
                    "output_index":1,"part":%s,"sequence_number":13}

                    event: response.output_item.done
                    data: {"type":"response.output_item.done","item":%s,"output_index":1,"sequence_number":14}

                    event: response.output_item.added
                    data: {"type":"response.output_item.added","item":{"id":"fc_sim000007_2","type":"function_call",\
                    "status":"in_progress","arguments":"","call_id":"call_0a","name":"get_weather"},"output_index":2,\
                    "sequence_number":15}

                    event: response.function_call_arguments.delta
                    data: {"type":"response.function_call_arguments.delta","item_id":"fc_sim000007_2","output_index":2,\
                    "delta":"{\\"a\\"","sequence_number":16}

                    event: response.function_call_arguments.delta
                    data: {"type":"response.function_call_arguments.delta","item_id":"fc_sim000007_2","output_index":2,\
                    "delta":":1}","sequence_number":17}

                    event: response.function_call_arguments.done
                    data: {"type":"response.function_call_arguments.done","arguments":"{\\"a\\":1}",\
                    "item_id":"fc_sim000007_2","output_index":2,"name":"get_weather","sequence_number":18}

                    event: response.output_item.done
                    data: {"type":"response.output_item.done","item":%s,"output_index":2,"sequence_number":19}

                    event: response.completed
                    data: {"type":"response.completed","response":%s,"sequence_number":20}

                    """.formatted(
                response("in_progress", "null", "null", "null", "", "null"),
                response("in_progress", "null", "null", "null", "", "null"),
                reasoning,
                part,
                message,
                call,
                response("completed", "1700000000", "null", "null", reasoning + "," + message + "," + call, usage)));
    }

    private static String response(
            String status, String completedAt, String error, String incomplete, String output, String usage) {
        return "{\"id\":\"resp_sim000007\",\"object\":\"response\",\"created_at\":1700000000,\"status\":\"" + status
                + "\",\"background\":false,\"completed_at\":" + completedAt + ",\"error\":" + error
                + ",\"incomplete_details\":" + incomplete + ",\"instructions\":null,\"max_output_tokens\":null,"
                + "\"max_tool_calls\":null,\"model\":\"gpt-x\",\"output\":[" + output
                + "],\"parallel_tool_calls\":true,\"previous_response_id\":null,"
                + "\"reasoning\":{\"effort\":null,\"summary\":null},\"service_tier\":\"default\",\"store\":false,"
                + "\"temperature\":1.0,\"text\":{\"verbosity\":\"medium\",\"format\":{\"type\":\"text\"}},"
                + "\"tool_choice\":\"auto\",\"tools\":[],\"top_logprobs\":0,\"top_p\":1.0,"
                + "\"truncation\":\"disabled\",\"usage\":" + usage + ",\"user\":null,\"metadata\":{}}";
    }

    @Test
    void aTokenLimitLeavesTheResponseAndItsLastItemIncomplete() throws Exception {
        // Given
        var request = read("{\"model\":\"gpt-x\",\"stream\":true,\"input\":\"Hi\"}");
        var script = Wire.script(StopReason.MAX_TOKENS, new Block.Text(List.of("Once", " upon")));

        // When
        String stream = Wire.stream(responses, request, script);

        // Then
        assertThat(stream)
                .contains("event: response.incomplete\ndata: {\"type\":\"response.incomplete\",")
                .contains("\"type\":\"message\",\"status\":\"incomplete\"")
                .contains("\"incomplete_details\":{\"reason\":\"max_output_tokens\"}")
                .doesNotContain("response.completed");
    }

    @Test
    void aRefusalIsAContentPartOfItsOwn() throws Exception {
        // Given
        var request = read("{\"model\":\"gpt-x\",\"stream\":true,\"input\":\"Hi\"}");
        var script = Wire.script(StopReason.REFUSAL, new Block.Refusal(List.of("No")));

        // When
        String stream = Wire.stream(responses, request, script);

        // Then
        assertThat(stream)
                .contains("\"part\":{\"type\":\"refusal\",\"refusal\":\"\"}")
                .contains("{\"type\":\"response.refusal.delta\",\"content_index\":0,\"item_id\":\"msg_sim000007_0\","
                        + "\"output_index\":0,\"delta\":\"No\",\"sequence_number\":4}")
                .contains("event: response.refusal.done")
                .contains("event: response.completed");
    }

    @Test
    void anErrorIsFollowedByTheFailedResponse() throws Exception {
        // Given
        var request = read("{\"model\":\"gpt-x\",\"stream\":true,\"input\":\"Hi\"}");
        var encoder = responses.stream(Wire.IDENTITY, request, SCRIPT);
        var steps = SCRIPT.steps();
        encoder.encode(steps.next());

        // When
        String error = Wire.text(encoder.error());

        // Then
        String words = "\"message\":\"The server failed while it worked on the response.\"";
        assertThat(error)
                .isEqualTo("event: error\ndata: " + "{\"type\":\"error\",\"error\":{\"type\":\"server_error\","
                        + "\"code\":\"server_error\","
                        + words + ",\"param\":null},\"sequence_number\":2}\n\n"
                        + "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":"
                        + response("failed", "null", "{\"code\":\"server_error\"," + words + "}", "null", "", "null")
                        + ",\"sequence_number\":3}\n\n");
    }

    @Test
    void anAnswerInOnePieceIsTheResponseItself() throws Exception {
        // Given
        var request = read("{\"model\":\"gpt-x\",\"input\":\"Hi\"}");
        var script = Wire.script(StopReason.END_TURN, new Block.Text(List.of("He", "y")));

        // When
        String body = Wire.whole(responses, request, script);

        // Then
        assertThat(body)
                .isEqualTo(response(
                        "completed",
                        "1700000000",
                        "null",
                        "null",
                        "{\"id\":\"msg_sim000007_0\",\"type\":\"message\",\"status\":\"completed\",\"content\":"
                                + "[{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"Hey\"}],"
                                + "\"role\":\"assistant\"}",
                        "{\"input_tokens\":9,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":2,"
                                + "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":11}"));
    }

    @Test
    void requestsAreReadWithItemsToolsAndToolResults() throws Exception {
        // When
        var request = read("""
            {"model":"sim?tokens=5","max_output_tokens":30,"instructions":"Be brief.","reasoning":{"effort":"low"},
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],
             "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,
             "input":[{"role":"user","content":[{"type":"input_text","text":"How "},{"type":"input_text",\
            "text":"warm?"}]},
               {"type":"function_call","call_id":"x","name":"f","arguments":"{}"},
               {"type":"function_call_output","call_id":"x","output":"4"}]}""");

        // Then
        assertThat(request.model()).isEqualTo("sim");
        assertThat(request.lastUserText()).isEqualTo("How warm?");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.maxTokens()).isEqualTo(30);
        assertThat(request.thinkingBudget()).isPositive();
        assertThat(request.tools().forced()).isEqualTo("f");
        assertThat(request.tools().use()).isEqualTo(ToolOffer.Use.AUTO);
        assertThat(request.tools().parallel()).isFalse();
        assertThat(request.stream()).isFalse();
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> read("{\"input\":\"x\"}")).hasMessageContaining("model");
        assertThatThrownBy(() -> read("{\"model\":\"m\"}")).hasMessageContaining("input");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"input\":[]}")).hasMessageContaining("input");
        assertThatThrownBy(() -> read("{\"model\":\"m\",\"input\":\"x\",\"max_output_tokens\":0}"))
                .hasMessageContaining("max_output_tokens");
    }

    private SimulatedRequest read(String body) throws RequestRefused {
        return Wire.read(responses, PATH, body);
    }
}
