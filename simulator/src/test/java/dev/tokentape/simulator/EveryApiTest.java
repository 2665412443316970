package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults, cancels and keys of those APIs which {@link FaultsTest} and {@link CancelTest} do not ask. */
class EveryApiTest {

    private static final Duration BOUND = Duration.ofSeconds(20);

    private enum Api {
        RESPONSES("/v1/responses", "{\"model\":\"MODEL\",\"stream\":true,\"input\":\"x\"}", "response.completed"),
        GEMINI(
                "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
                "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}]}",
                "STOP"),
        OLLAMA(
                "/api/chat",
                "{\"model\":\"MODEL\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                "\"done\":true"),
        GENERATE("/api/generate", "{\"model\":\"MODEL\",\"prompt\":\"x\"}", "\"done\":true"),
        BEDROCK(
                "/model/MODEL/converse-stream",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}]}",
                "messageStop"),
        GROQ("/groq/openai/v1/chat/completions", Client.chat("MODEL", "x"), "[DONE]"),
        AZURE("/openai/deployments/MODEL/chat/completions", Client.chat("", "x"), "[DONE]");

        final String path;
        final String body;
        final String end;

        Api(String path, String body, String end) {
            this.path = path;
            this.body = body;
            this.end = end;
        }

        /** The path with a model in it, percent-encoded. */
        String path(String model) {
            return path.replace("MODEL", URLEncoder.encode(model, StandardCharsets.UTF_8));
        }

        String body(String model) {
            return body.replace("MODEL", model);
        }
    }

    private Simulator simulator;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        simulator = Simulator.start(SimulatorConfig.defaults()
                .withTimeToFirstToken(1)
                .withTokensPerSecond(0)
                .withTokens(10, 10));
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerSaysWhatTheScriptForetells(Api api) throws Exception {
        // When
        String stream = post(api, "sim");

        // Then
        var script = simulator.scriptFor(api.path("sim"), Map.of(), api.body("sim"));
        assertThat(stream).contains(api.end);
        for (String piece : script.choices().getFirst().blocks().getFirst().pieces()) {
            assertThat(stream).contains(new ObjectMapper().writeValueAsString(piece));
        }
        assertThat(simulator.calls().getFirst().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(simulator.calls().getFirst().model()).isEqualTo("sim");
        assertThat(simulator.calls().getFirst().tokens()).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void anErrorATruncationAndAMalformedEventStrikeWhereTheyAreTold(Api api) throws Exception {
        // When
        String error = post(api, "sim?fault=error@4");
        String malformed = post(api, "sim?fault=malformed@4");
        // The last, because it closes the connection, which the client would use again.
        String truncated = post(api, "sim?fault=truncate@4");

        // Then
        assertThat(error).containsIgnoringCase("error").doesNotContain(api.end);
        assertThat(truncated).doesNotContain(api.end);
        assertThat(error).startsWith(truncated.substring(0, 20)).hasSizeGreaterThan(truncated.length());
        assertThat(malformed).contains(api.end);
        assertThat(simulator.calls())
                .extracting(SimulatedCall::outcome)
                .containsExactly(Outcome.FAULT, Outcome.COMPLETED, Outcome.FAULT);
        assertThat(simulator.calls()).extracting(SimulatedCall::tokens).containsExactly(4, 10, 4);
    }

    @ParameterizedTest
    @EnumSource
    void aCutAndAResetBreakTheConnection(Api api) {
        assertThatThrownBy(() -> post(api, "sim?fault=cut@4")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(api, "sim?fault=reset@4")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anHttpErrorHasItsStatusAndTheFirstCallsMayFail(Api api) throws Exception {
        assertThat(status(api, "sim?fault=http-error=529")).isEqualTo(529);
        assertThat(status(api, "sim?fault=fail-first=1:429")).isEqualTo(429);
        assertThat(status(api, "sim?fault=fail-first=1:429")).isEqualTo(200);
        assertThat(status(api, "sim?fault=nonsense")).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource
    void theClientsCloseIsSeenInMidStream(Api api) throws Exception {
        // Given
        String model = "sim?tps=40&tokens=100000";
        InputStream body = client.http
                .send(client.request(api.path(model), api.body(model)).build(), BodyHandlers.ofInputStream())
                .body();
        await().atMost(BOUND).until(() -> simulator.calls().getFirst().tokens() > 2);

        // When
        body.close();

        // Then
        await().atMost(BOUND).until(() -> simulator.calls().getFirst().outcome() == Outcome.CLOSED_BY_CLIENT);
    }

    @Test
    void aMissingOrWrongKeyIsRefusedAsEachApiDoes() throws Exception {
        // Given
        try (var locked = Simulator.start(SimulatorConfig.defaults()
                        .withTimeToFirstToken(0)
                        .withTokensPerSecond(0)
                        .withRequiredKey("right"));
                var caller = new Client(locked)) {
            // When
            var gemini = caller.post(Api.GEMINI.path("sim") + "&key=wrong", Api.GEMINI.body);
            var opened = caller.post(Api.GEMINI.path("sim") + "&key=right", Api.GEMINI.body);
            var bedrock = caller.post(Api.BEDROCK.path("sim"), Api.BEDROCK.body);
            var responses = caller.post(Api.RESPONSES.path, Api.RESPONSES.body("sim"));

            // Then
            assertThat(gemini.statusCode()).isEqualTo(400);
            assertThat(new String(gemini.body(), StandardCharsets.UTF_8)).contains("API_KEY_INVALID");
            assertThat(opened.statusCode()).isEqualTo(200);
            assertThat(bedrock.statusCode()).isEqualTo(403);
            assertThat(bedrock.headers().firstValue("x-amzn-errortype").orElse(""))
                    .startsWith("UnrecognizedClientException:");
            assertThat(responses.statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim?ttft=3600000", "sim?fault=stall@0"})
    void commentsKeepASilentStreamAlive(String model) throws Exception {
        try (var socket = client.socket("/deepseek/chat/completions", Client.chat(model, "x"), 65_536)) {
            // When: two comments, of which the second comes after a second of silence
            var received = new StringBuilder();
            while (received.toString().split(": keep-alive\n\n", -1).length <= 2) {
                received.append((char) socket.getInputStream().read());
            }

            // Then
            assertThat(received).doesNotContain("data:");
            assertThat(simulator.calls().getFirst().tokens()).isZero();
        }
        await().atMost(BOUND).until(() -> simulator.calls().getFirst().outcome() == Outcome.CLOSED_BY_CLIENT);
    }

    @Test
    void ollamaListsItsModels() throws Exception {
        assertThat(new ObjectMapper()
                        .readTree(client.get("/api/tags").body())
                        .at("/models/0/name")
                        .asText())
                .isEqualTo("sim");
    }

    private String post(Api api, String model) throws Exception {
        return client.text(api.path(model), api.body(model));
    }

    private int status(Api api, String model) throws Exception {
        return client.post(api.path(model), api.body(model)).statusCode();
    }
}
