package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimulatorTest {

    private static final SimulatorConfig CONFIG = SimulatorConfig.defaults()
            .withTimeToFirstToken(1)
            .withTokensPerSecond(0)
            .withTokens(20, 40);
    private static final ObjectMapper JSON = new ObjectMapper();
    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(CONFIG, InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void aChatCompletionsStreamIsTrueToTheByte() throws Exception {
        // When
        var response = client.post(Client.CHAT, Client.chat("sim?tokens=2&seed=5", "Hello"));

        // Then
        String head = "data: " + "{\"id\":\"chatcmpl-sim000001\",\"object\":\"chat.completion.chunk\","
                + "\"created\":1700000000,\"model\":\"sim\",\"service_tier\":\"default\","
                + "\"system_fingerprint\":\"fp_simulator\",\"choices\":[";
        String open = ",\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(utf8(response.body()))
                .isEqualTo(head + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"
                        + open
                        + head + "{\"index\":0,\"delta\":{\"content\":\"Large\"}" + open
                        + head + "{\"index\":0,\"delta\":{\"content\":\".\"}" + open
                        + head + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":null}\n\n"
                        + head + "],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,"
                        + "\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}}\n\n"
                        + "data: [DONE]\n\n");
    }

    @Test
    void aMessagesStreamIsTrueToTheByte() throws Exception {
        // When
        var response = client.post(Client.MESSAGES, Client.messages("sim?tokens=2&seed=5", "Hello", true));

        // Then
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(utf8(response.body())).isEqualTo("""
            event: message_start
            data: {"type":"message_start","message":{"model":"sim","id":"msg_sim000001","type":"message",\
            "role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":13,\
            "cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Large"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"."}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
            "usage":{"input_tokens":13,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2}}

            event: message_stop
            data: {"type":"message_stop"}

            """);
    }

    @Test
    void aTestCanComputeTheAnswerBeforehand() throws Exception {
        // Given
        String body = Client.chat("sim", "What is a delta?");
        String expected = simulator.scriptFor(Client.CHAT, Map.of(), body).text();

        // When
        String stream = client.text(Client.CHAT, body);

        // Then
        assertThat(contents(stream, 0)).isEqualTo(expected);
        assertThatThrownBy(() -> simulator.scriptFor("/nowhere", Map.of(), body))
                .hasMessageContaining("/nowhere");
    }

    @Test
    void twoChoicesInterleave() throws Exception {
        // Given
        String body = Client.chat("sim?tokens=5", "Twice").replace("\"stream\":true", "\"stream\":true,\"n\":2");
        var script = simulator.scriptFor(Client.CHAT, Map.of(), body);

        // When
        String stream = client.text(Client.CHAT, body);

        // Then
        assertThat(contents(stream, 0)).isEqualTo(script.choices().get(0).text());
        assertThat(contents(stream, 1))
                .isEqualTo(script.choices().get(1).text())
                .isNotEqualTo(contents(stream, 0));
        var order = new ArrayList<Integer>();
        for (JsonNode chunk : chunks(stream)) {
            if (chunk.path("choices")
                            .path(0)
                            .path("delta")
                            .path("content")
                            .asText()
                            .length()
                    > 0) {
                order.add(chunk.path("choices").path(0).path("index").asInt());
            }
        }
        assertThat(order).containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(stream).contains("\"completion_tokens\":10");
    }

    @Test
    void answersInOnePieceSayTheSameAsStreams() throws Exception {
        // Given
        String chat = "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"Same?\"}]}";
        String messages = Client.messages("sim", "Same?", false);
        String expected = simulator.scriptFor(Client.CHAT, Map.of(), chat).text();

        // When
        var chatAnswer = client.post(Client.CHAT, chat);
        var messagesAnswer = client.post(Client.MESSAGES, messages);

        // Then
        assertThat(chatAnswer.headers().firstValue("content-type")).contains("application/json");
        assertThat(JSON.readTree(chatAnswer.body())
                        .path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo(expected);
        assertThat(JSON.readTree(messagesAnswer.body())
                        .path("content")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo(expected);
    }

    @Test
    void parallelToolCallsStreamTheirArgumentsAndResultsAreAnsweredInText() throws Exception {
        // Given
        String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":"
                + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},"
                + "\"days\":{\"type\":\"integer\"}}}}},{\"type\":\"function\",\"function\":{\"name\":\"get_time\","
                + "\"parameters\":{\"type\":\"object\"}}}],";
        String ask = "{\"model\":\"sim\",\"stream\":true," + tools
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Use your tools\"}";

        // When
        String calls = client.text(Client.CHAT, ask + "]}");
        String text = client.text(
                Client.CHAT,
                ask + ",{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"call_x\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"get_weather\",\"arguments\":\"{}\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"call_x\",\"content\":\"7 degrees\"}]}");

        // Then
        var arguments = new StringBuilder();
        int pieces = 0;
        for (JsonNode chunk : chunks(calls)) {
            JsonNode call = chunk.path("choices")
                    .path(0)
                    .path("delta")
                    .path("tool_calls")
                    .path(0);
            if (call.path("index").asInt(-1) == 0) {
                arguments.append(call.path("function").path("arguments").asText());
                pieces++;
            }
        }
        assertThat(pieces).isGreaterThan(3);
        assertThat(JSON.readTree(arguments.toString()).path("days").isInt()).isTrue();
        assertThat(calls)
                .contains("\"name\":\"get_weather\"", "\"name\":\"get_time\"", "\"finish_reason\":\"tool_calls\"");
        assertThat(text).contains("\"finish_reason\":\"stop\"").doesNotContain("tool_calls");
    }

    @Test
    void anthropicThinksWhenAsked() throws Exception {
        // Given
        String body = Client.messages("claude-x", "Think", true)
                .replace("\"stream\"", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"stream\"");

        // When
        String stream = client.text(Client.MESSAGES, body);

        // Then
        assertThat(stream)
                .containsSubsequence(
                        "\"type\":\"thinking\"",
                        "thinking_delta",
                        "signature_delta",
                        "content_block_stop",
                        "text_delta");
    }

    @Test
    void theTokenLimitEndsTheAnswer() throws Exception {
        // Given
        String body = Client.chat("gpt-4o-mini", "Long").replace("\"stream\":true", "\"stream\":true,\"max_tokens\":3");

        // When
        String stream = client.text(Client.CHAT, body);

        // Then
        assertThat(stream).contains("\"finish_reason\":\"length\"", "\"completion_tokens\":3,");
    }

    @Test
    void badRequestsAreRefusedInTheApisOwnShape() throws Exception {
        // When
        var noLimit = client.post(Client.MESSAGES, "{\"model\":\"m\",\"messages\":[{}]}");
        var badSettings = client.post(Client.CHAT, Client.chat("sim?speed=9", "x"));
        var nowhere = client.post("/v1/nothing", "{}");

        // Then
        assertThat(noLimit.statusCode()).isEqualTo(400);
        assertThat(utf8(noLimit.body())).contains("\"type\":\"invalid_request_error\"", "max_tokens: Field required");
        assertThat(badSettings.statusCode()).isEqualTo(400);
        assertThat(utf8(badSettings.body())).contains("'speed' is not known");
        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(simulator.calls()).extracting(SimulatedCall::outcome).containsOnly(Outcome.REFUSED);
    }

    @Test
    void aRequiredKeyIsCheckedAndNeverKept() throws Exception {
        try (var locked = Simulator.start(CONFIG.withRequiredKey("sesame"));
                var caller = new Client(locked)) {
            // When
            var without = caller.post(Client.CHAT, Client.chat("sim", "x"));
            var with = caller.http.send(
                    caller.request(Client.CHAT, Client.chat("sim", "x"))
                            .header("authorization", "Bearer sesame")
                            .build(),
                    java.net.http.HttpResponse.BodyHandlers.ofString());
            var wrong = caller.http.send(
                    caller.request(Client.MESSAGES, Client.messages("sim", "x", true))
                            .header("x-api-key", "sesam")
                            .build(),
                    java.net.http.HttpResponse.BodyHandlers.ofString());

            // Then
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(utf8(without.body())).contains("invalid_api_key");
            assertThat(with.statusCode()).isEqualTo(200);
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.body()).contains("authentication_error");
            assertThat(locked.calls()).extracting(SimulatedCall::keyGiven).containsExactly(false, true, true);
            assertThat(caller.get("/simulator/calls").body()).doesNotContain("sesam");
        }
    }

    @Test
    void theLogOfCallsIsServedAsJson() throws Exception {
        // Given
        client.text(Client.CHAT, Client.chat("sim?tokens=4", "One"));
        client.text(Client.MESSAGES, Client.messages("sim?tokens=5", "Two", true));

        // When
        JsonNode calls = JSON.readTree(client.get("/simulator/calls").body());
        JsonNode last = JSON.readTree(client.get("/simulator/calls?last=1").body());

        // Then
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0).toString())
                .isEqualTo("{\"id\":1,\"api\":\"openai-chat\",\"model\":\"sim\",\"stream\":true,\"messages\":1,"
                        + "\"key_given\":false,\"status\":200,\"started\":1700000000000000,"
                        + "\"first_byte\":1700000000000000,\"tokens\":4,\"ended\":1700000000000000,"
                        + "\"outcome\":\"completed\",\"fault\":null,\"client_closed\":null}");
        assertThat(last).hasSize(1);
        assertThat(last.get(0).path("api").asText()).isEqualTo("anthropic-messages");
    }

    @Test
    void healthAndModelsAreServed() throws Exception {
        assertThat(client.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(client.get("/v1/models").body())
                .startsWith("{\"object\":\"list\",\"data\":[{\"id\":\"sim\",\"object\":\"model\"");
        assertThat(client.get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void theLogForgetsTheOldestCalls() throws Exception {
        try (var small = Simulator.start(CONFIG.withCallLog(2));
                var caller = new Client(small)) {
            // When
            for (int call = 0; call < 4; call++) {
                caller.text(Client.CHAT, Client.chat("sim?tokens=1", "x"));
            }

            // Then
            assertThat(small.calls()).extracting(SimulatedCall::id).containsExactly(3L, 4L);
        }
    }

    @Test
    void closingEndsRunningCallsAndLeavesNoThread() throws Exception {
        // Given
        var closing = Simulator.start(CONFIG);
        try (var caller = new Client(closing);
                var socket = caller.socket(Client.CHAT, Client.chat("sim?fault=stall@1", "x"), 65_536)) {
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            long threads = simulatorThreads();

            // When
            closing.close();

            // Then
            assertThat(closing.calls()).extracting(SimulatedCall::outcome).containsExactly(Outcome.SHUT_DOWN);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(simulatorThreads()).isLessThan(threads));
        }
    }

    @Test
    void aTakenPortIsAClearError() {
        assertThatThrownBy(() -> Simulator.start(CONFIG.withPort(simulator.port())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("" + simulator.port());
    }

    private static long simulatorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("simulator"))
                .count();
    }

    private static List<JsonNode> chunks(String stream) throws IOException {
        var chunks = new ArrayList<JsonNode>();
        for (String line : stream.split("\n", -1)) {
            if (line.startsWith("data: {")) {
                chunks.add(JSON.readTree(line.substring(6)));
            }
        }
        return chunks;
    }

    private static String contents(String stream, int choice) throws IOException {
        var text = new StringBuilder();
        for (JsonNode chunk : chunks(stream)) {
            JsonNode first = chunk.path("choices").path(0);
            if (first.path("index").asInt(-1) == choice) {
                text.append(first.path("delta").path("content").asText(""));
            }
        }
        return text.toString();
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
