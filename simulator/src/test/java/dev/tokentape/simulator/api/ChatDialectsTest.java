package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.ChatDialect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChatDialectsTest {

    private static final Script SCRIPT = Wire.script(
            StopReason.TOOL_USE,
            new Block.Thinking(List.of("Hm")),
            new Block.Text(List.of("Wa", "it")),
            new Block.ToolCall("0a", "f", List.of("{\"a\"", ":1}")));
    private static final Script TEXT = Wire.script(StopReason.END_TURN, new Block.Text(List.of("Wa", "it")));

    @Test
    void groqSendsCallsWholeAndUsageTwice() throws Exception {
        assertThat(stream(ChatDialect.GROQ, SCRIPT, true))
                .isEqualTo(chunks("""
                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],\
                    "x_groq":{"id":"req_sim000007"}}

                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{"reasoning":"Hm","channel":"analysis"},"logprobs":null,"finish_reason":null}]}

                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{"content":"Wa"},"logprobs":null,"finish_reason":null}]}

                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{"content":"it"},"logprobs":null,"finish_reason":null}]}

                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{"tool_calls":[{"id":"fc_0a","type":"function","function":{"name":"f",\
                    "arguments":"{\\"a\\":1}"},"index":0}]},"logprobs":null,"finish_reason":null}]}

                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_simulator","choices":[{"index":0,\
                    "delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"x_groq":{"id":"req_sim000007",\
                    "usage":U},"usage":U}

                    data: [DONE]

                    """)
                        .replace(
                                "U",
                                "{\"queue_time\":0.001,\"prompt_tokens\":9,\"prompt_time\":0.001,"
                                        + "\"completion_tokens\":5,\"completion_time\":0.001,"
                                        + "\"total_tokens\":14,\"total_time\":0.002,"
                                        + "\"completion_tokens_details\":{\"reasoning_tokens\":1}}"));
        assertThat(error(ChatDialect.GROQ))
                .startsWith("event: error\ndata: {\"error\":{")
                .doesNotContain("[DONE]");
    }

    @Test
    void mistralThinksInArraysAndContinuesACallWithoutANameOrAnId() throws Exception {
        assertThat(stream(ChatDialect.MISTRAL, SCRIPT, false)).isEqualTo(chunks("""
                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"role":"assistant","content":""},\
                    "finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"content":[{"type":"thinking",\
                    "thinking":[{"type":"text","text":"Hm"}]}]},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"content":"Wa"},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"content":"it"},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"tool_calls":[{"id":"0a","type":"function",\
                    "function":{"name":"f","arguments":""},"index":0}],"content":""},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"tool_calls":[{"type":"function",\
                    "function":{"name":"","arguments":"{\\"a\\""},"index":0}],"content":""},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"tool_calls":[{"type":"function",\
                    "function":{"name":"","arguments":":1}"},"index":0}],"content":""},"finish_reason":null}]}

                    data: {"id":"sim000007",@"choices":[{"index":0,"delta":{"content":""},\
                    "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"total_tokens":14,"completion_tokens":5,\
                    "prompt_tokens_details":{"cached_tokens":0},"service_tier":"standard"}}

                    data: [DONE]

                    """));
        assertThat(Wire.error(new OpenAiChat(ChatDialect.MISTRAL), 401, -1))
                .isEqualTo("{\"detail\":\"No valid API key was given.\"}");
        assertThat(Wire.whole(new OpenAiChat(ChatDialect.MISTRAL), request(false), SCRIPT))
                .contains("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"}]},"
                        + "{\"type\":\"text\",\"text\":\"Wait\"}]");
    }

    @Test
    void openRouterDoublesReasoningAndPutsAnErrorBesideTheChoices() throws Exception {
        // When
        String stream = stream(ChatDialect.OPENROUTER, SCRIPT, false);

        // Then
        String head = "data: {\"id\":\"gen-sim000007\",\"provider\":\"Simulator\",\"model\":\"m\","
                + "\"object\":\"chat.completion.chunk\",\"created\":1700000000,";
        assertThat(stream)
                .startsWith(head + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"finish_reason\":null,\"native_finish_reason\":null,\"logprobs\":null}]}\n\n")
                .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"Hm\","
                        + "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Hm\","
                        + "\"format\":\"unknown\",\"index\":0}]}")
                .contains("\"finish_reason\":\"tool_calls\",\"native_finish_reason\":\"tool_calls\"")
                .endsWith(head + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"finish_reason\":null,\"native_finish_reason\":null,\"logprobs\":null}],\"usage\":"
                        + "{\"prompt_tokens\":9,\"completion_tokens\":5,\"total_tokens\":14,\"cost\":0.0001,"
                        + "\"is_byok\":false,\"prompt_tokens_details\":{\"cached_tokens\":0},\"cost_details\":"
                        + "{\"upstream_inference_cost\":null},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}"
                        + "\n\ndata: [DONE]\n\n");
        assertThat(error(ChatDialect.OPENROUTER))
                .isEqualTo(head + "\"error\":{\"code\":502,\"message\":\"The server failed while it worked on the "
                        + "answer.\"},\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"finish_reason\":\"error\",\"native_finish_reason\":\"error\",\"logprobs\":null}]}"
                        + "\n\ndata: [DONE]\n\n");
    }

    @Test
    void azureBeginsWithTheFilterResultsOfThePrompt() throws Exception {
        // Given
        String safe = "{\"hate\":{\"filtered\":false,\"severity\":\"safe\"},\"self_harm\":{\"filtered\":false,"
                + "\"severity\":\"safe\"},\"sexual\":{\"filtered\":false,\"severity\":\"safe\"},"
                + "\"violence\":{\"filtered\":false,\"severity\":\"safe\"}}";
        String tail = "\"index\":0,\"logprobs\":null}],\"created\":1700000000,\"id\":\"chatcmpl-sim000007\","
                + "\"model\":\"m\",\"object\":\"chat.completion.chunk\",\"system_fingerprint\":null}\n\n";

        // When
        String stream = stream(ChatDialect.AZURE, TEXT, false);

        // Then
        assertThat(stream)
                .isEqualTo("data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\","
                        + "\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":" + safe
                        + "}]}\n\n"
                        + "data: {\"choices\":[{\"content_filter_results\":{},\"delta\":{\"content\":\"\","
                        + "\"refusal\":null,\"role\":\"assistant\"},\"finish_reason\":null," + tail
                        + "data: {\"choices\":[{\"content_filter_results\":" + safe
                        + ",\"delta\":{\"content\":\"Wa\"},\"finish_reason\":null," + tail
                        + "data: {\"choices\":[{\"content_filter_results\":" + safe
                        + ",\"delta\":{\"content\":\"it\"},\"finish_reason\":null," + tail
                        + "data: {\"choices\":[{\"content_filter_results\":{},\"delta\":{},"
                        + "\"finish_reason\":\"stop\"," + tail + "data: [DONE]\n\n");
    }

    @Test
    void perplexityRepeatsEverythingInEachChunkAndHasNoEndMarker() throws Exception {
        // Given
        String head = "data: {\"id\":\"sim000007\",\"model\":\"m\",\"created\":1700000000,\"usage\":{"
                + "\"prompt_tokens\":9,\"completion_tokens\":%d,\"total_tokens\":%d,\"search_context_size\":\"low\","
                + "\"cost\":{\"input_tokens_cost\":0,\"output_tokens_cost\":0,\"total_cost\":0}},"
                + "\"citations\":[\"https://example.org/1\"],\"search_results\":[{\"title\":\"An example\","
                + "\"url\":\"https://example.org/1\",\"date\":null,\"last_updated\":null,\"snippet\":\"\","
                + "\"source\":\"web\"}],\"object\":\"chat.completion.%s\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"role\":\"assistant\",\"content\":\"%s\"},\"delta\":{\"role\":\"assistant\","
                + "\"content\":\"%s\"}%s}]}\r\n\r\n";

        // When
        String stream = stream(ChatDialect.PERPLEXITY, TEXT, true);

        // Then
        assertThat(stream)
                .isEqualTo(head.formatted(1, 10, "chunk", "Wa", "Wa", "")
                        + head.formatted(2, 11, "chunk", "Wait", "it", "")
                        + head.formatted(2, 11, "done", "Wait", "", ",\"finish_reason\":\"stop\""));
    }

    @Test
    void deepSeekAlternatesContentAndReasoning() throws Exception {
        assertThat(stream(ChatDialect.DEEPSEEK, SCRIPT, false))
                .contains("\"delta\":{\"content\":null,\"reasoning_content\":\"Hm\"},\"logprobs\":null,"
                        + "\"finish_reason\":null}],\"usage\":null}")
                .contains("\"delta\":{\"content\":\"it\",\"reasoning_content\":null}")
                .endsWith("\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,"
                        + "\"total_tokens\":14,\"prompt_tokens_details\":{\"cached_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":1},\"prompt_cache_hit_tokens\":0,"
                        + "\"prompt_cache_miss_tokens\":9}}\n\ndata: [DONE]\n\n");
        assertThat(Wire.text(encoder(ChatDialect.DEEPSEEK).keepAlive())).isEqualTo(": keep-alive\n\n");
    }

    @Test
    void ollamaGivesUpWithoutAWord() throws Exception {
        assertThat(stream(ChatDialect.OLLAMA_V1, SCRIPT, true))
                .startsWith(chunks("""
                    data: {"id":"chatcmpl-sim000007",@"system_fingerprint":"fp_ollama","choices":[{"index":0,\
                    "delta":{"role":"assistant","content":"","reasoning":"Hm"},"finish_reason":null}]}

                    """))
                .contains("\"tool_calls\":[{\"id\":\"call_0a\",\"index\":0,\"type\":\"function\",\"function\":"
                        + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]")
                .endsWith("\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,"
                        + "\"total_tokens\":14}}\n\ndata: [DONE]\n\n");
        assertThat(error(ChatDialect.OLLAMA_V1))
                .endsWith("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"finish_reason\":null}]}\n\n");
    }

    @Test
    void vllmLlamaCppAndXaiFailEachInTheirWay() throws Exception {
        String words = "\"The server failed while it worked on the answer.\"";
        assertThat(error(ChatDialect.VLLM))
                .isEqualTo("data: {\"error\":{\"message\":" + words
                        + ",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}}\n\ndata: [DONE]\n\n");
        assertThat(error(ChatDialect.LLAMA_CPP))
                .isEqualTo("data: {\"error\":{\"code\":500,\"message\":" + words + ",\"type\":\"server_error\"}}\n\n");
        assertThat(error(ChatDialect.XAI)).isEqualTo("data: {\"code\":\"internal\",\"error\":" + words + "}\n\n");
        assertThat(Wire.error(new OpenAiChat(ChatDialect.XAI), 401, -1))
                .isEqualTo("{\"code\":\"invalid_api_key\",\"error\":\"No valid API key was given.\"}");
        assertThat(stream(ChatDialect.VLLM, TEXT, false))
                .contains("\"logprobs\":null,\"finish_reason\":\"stop\",\"stop_reason\":null}");
        assertThat(Wire.text(encoder(ChatDialect.LLAMA_CPP).keepAlive())).isEqualTo(":\n\n");
    }

    @ParameterizedTest
    @EnumSource
    void everyDialectFillsInAllItsTemplates(ChatDialect dialect) throws Exception {
        // Given
        var script =
                Wire.script(StopReason.REFUSAL, new Block.Thinking(List.of("Hm")), new Block.Refusal(List.of("No")));

        // When
        String stream = stream(dialect, script, true)
                + stream(dialect, SCRIPT, true)
                + error(dialect)
                + Wire.whole(new OpenAiChat(dialect), request(true), SCRIPT)
                + Wire.error(new OpenAiChat(dialect), 429, 1);

        // Then
        assertThat(stream).contains("\"No\"", "Hm", "\"Wa\"").doesNotContain("$");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, openai-chat",
        "/openai/v1/chat/completions, openai-chat",
        "/groq/openai/v1/chat/completions, openai-chat/groq",
        "/openrouter/api/v1/chat/completions, openai-chat/openrouter",
        "/perplexity/chat/completions, openai-chat/perplexity",
        "/llama.cpp/v1/chat/completions, openai-chat/llama.cpp",
        "/openai/deployments/gpt/chat/completions, openai-chat/azure",
        "/nobody/v1/chat/completions, none"
    })
    void thePathNamesTheDialect(String path, String name) {
        assertThat(Dialects.serving(path).map(ApiDialect::name).orElse("none")).isEqualTo(name);
    }

    @Test
    void theDeploymentIsTheModelAndASettingChangesTheDialect() throws Exception {
        // Given
        var azure = new OpenAiChat(ChatDialect.AZURE);
        String path = "/openai/deployments/sim?tokens=5&dialect=groq/chat/completions";
        var incoming = new IncomingRequest(
                path, Map.of(), Map.of(), "{\"messages\":[{\"role\":\"user\"}]}".getBytes(StandardCharsets.UTF_8));

        // When
        var request = azure.read(incoming, CallSettings.DEFAULT);

        // Then
        assertThat(request.model()).isEqualTo("sim");
        assertThat(azure.variation(request.settings()).name()).isEqualTo("openai-chat/groq");
    }

    private static String chunks(String text) {
        return text.replace("@", "\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\",");
    }

    private static SimulatedRequest request(boolean usage) throws RequestRefused {
        return Wire.read(
                new OpenAiChat(ChatDialect.OPENAI),
                "/v1/chat/completions",
                "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":" + usage
                        + "},\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    }

    private static String stream(ChatDialect dialect, Script script, boolean usage) throws RequestRefused {
        return Wire.stream(new OpenAiChat(dialect), request(usage), script);
    }

    private static StreamEncoder encoder(ChatDialect dialect) throws RequestRefused {
        return new OpenAiChat(dialect).stream(Wire.IDENTITY, request(false), TEXT);
    }

    private static String error(ChatDialect dialect) throws RequestRefused {
        return Wire.text(encoder(dialect).error());
    }
}
