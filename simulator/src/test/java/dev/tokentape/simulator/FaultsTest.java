package dev.tokentape.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
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
    @CsvSource({
        "400, invalid_request_error, invalid_request_error",
        "401, invalid_api_key, authentication_error",
        "404, model_not_found, not_found_error",
        "429, rate_limit_exceeded, rate_limit_error",
        "500, server_error, api_error",
        "503, server_error, api_error",
        "529, server_error, overloaded_error"
    })
    void anHttpErrorHasItsStatusAndTheApisBody(int status, String openAi, String anthropic) throws Exception {
        // When
        var chat = client.post(Client.CHAT, Client.chat("sim?fault=http-error=" + status, "x"));
        var messages = client.post(
                Client.MESSAGES, Client.messages("sim?retry-after=none&fault=http-error=" + status, "x", true));

        // Then
        boolean retryable = status == 429 || status == 503 || status == 529;
        assertThat(chat.statusCode()).isEqualTo(status);
        assertThat(utf8(chat)).startsWith("{\"error\":{").contains(openAi);
        assertThat(chat.headers().firstValue("retry-after").isPresent()).isEqualTo(retryable);
        assertThat(messages.statusCode()).isEqualTo(status);
        assertThat(utf8(messages)).startsWith("{\"type\":\"error\"").contains(anthropic);
        assertThat(messages.headers().firstValue("retry-after")).isEmpty();
        assertThat(simulator.calls()).allSatisfy(call -> {
            assertThat(call.outcome()).isEqualTo(Outcome.FAULT);
            assertThat(call.fault()).isEqualTo("http-error=" + status);
        });
    }

    @Test
    void theFirstCallsWithAPromptFailAndThenItSucceeds() throws Exception {
        // Given
        String body = Client.chat("sim?fault=fail-first=2:429", "again");

        // When
        int first = client.post(Client.CHAT, body).statusCode();
        int second = client.post(Client.CHAT, body).statusCode();
        int third = client.post(Client.CHAT, body).statusCode();
        int other = client.post(Client.CHAT, Client.chat("sim?fault=fail-first=1", "another"))
                .statusCode();

        // Then
        assertThat(first).isEqualTo(429);
        assertThat(second).isEqualTo(429);
        assertThat(third).isEqualTo(200);
        assertThat(other).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void anErrorEventEndsTheStreamAfterItsTokens(int tokens) throws Exception {
        // When
        String chat = client.text(Client.CHAT, Client.chat("sim?fault=error@" + tokens, "x"));
        String messages = client.text(Client.MESSAGES, Client.messages("sim?fault=error@" + tokens, "x", true));

        // Then
        assertThat(chat)
                .endsWith("data: {\"error\":{\"message\":\"The server failed while it worked on the answer.\","
                        + "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
        assertThat(count(chat, "\"content\":\"[^\"]|\"content\":\"\\\\")).isEqualTo(tokens);
        assertThat(messages).endsWith("\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n");
        assertThat(count(messages, "text_delta")).isEqualTo(tokens);
        assertThat(messages.startsWith("event: error\n")).isEqualTo(tokens == 0);
        assertThat(simulator.calls()).extracting(SimulatedCall::fault).containsOnly("error@" + tokens);
        assertThat(simulator.calls()).extracting(SimulatedCall::tokens).containsOnly(tokens);
    }

    @Test
    void anErrorOfAnAnswerInOnePieceIsAnHttpError() throws Exception {
        // When
        var response = client.post(Client.MESSAGES, Client.messages("sim?fault=error@4", "x", false));

        // Then
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(utf8(response)).contains("\"type\":\"api_error\"");
    }

    @Test
    void aStallIsSilentAndLeavesTheConnectionOpen() throws Exception {
        // When
        try (var socket = client.socket(Client.MESSAGES, Client.messages("sim?fault=stall@3", "x", true), 65_536)) {
            await().atMost(BOUND)
                    .until(() -> !simulator.calls().isEmpty()
                            && "stall@3".equals(simulator.calls().getFirst().fault()));

            // Then
            assertThat(simulator.calls().getFirst().outcome()).isEqualTo(Outcome.RUNNING);
            assertThat(simulator.calls().getFirst().tokens()).isEqualTo(3);
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
        await().atMost(BOUND).until(() -> simulator.calls().getFirst().outcome() == Outcome.CLOSED_BY_CLIENT);
        assertThat(simulator.calls().getFirst().fault()).isEqualTo("stall@3");
    }

    @Test
    void aTruncatedStreamEndsCleanlyWithoutItsTerminalMarker() throws Exception {
        // When
        var chat = client.post(Client.CHAT, Client.chat("sim?fault=truncate@10", "x"));

        // Then
        assertThat(utf8(chat)).endsWith("\n\n").doesNotContain("[DONE]", "\"finish_reason\":\"stop\"");
        assertThat(count(utf8(chat), "chat.completion.chunk")).isEqualTo(11);
        assertThat(simulator.calls().getFirst().outcome()).isEqualTo(Outcome.FAULT);
    }

    @Test
    void aCutStreamBreaksOffInsideADataLine() throws Exception {
        try (var socket = client.socket(Client.MESSAGES, Client.messages("sim?fault=cut@3", "x", true), 65_536)) {
            // When
            String received = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            // Then
            String lastLine =
                    received.stripTrailing().substring(received.stripTrailing().lastIndexOf('\n') + 1);
            assertThat(count(received, "text_delta")).isEqualTo(3);
            assertThat(lastLine)
                    .startsWith("data: {\"type\":\"content_block_delta\"")
                    .doesNotEndWith("}}");
            assertThat(received).doesNotEndWith("0\r\n\r\n");
        }
        // For an HTTP client the body is incomplete.
        assertThatThrownBy(() -> client.post(Client.CHAT, Client.chat("sim?fault=cut@3", "x")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aResetIsATcpReset() throws Exception {
        try (var socket = client.socket(Client.CHAT, Client.chat("sim?fault=reset@3", "x"), 65_536)) {
            // When / Then
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(simulator.calls().getFirst().fault()).isEqualTo("reset@3");
    }

    @Test
    void slowHeadersComeLate() throws Exception {
        // Given
        long before = System.nanoTime();

        // When
        try (InputStream body = client.http
                .send(
                        client.request(Client.CHAT, Client.chat("sim?fault=slow-headers=300", "x"))
                                .build(),
                        BodyHandlers.ofInputStream())
                .body()) {
            // Then: the head alone has taken that long
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void oneMalformedEventIsInsertedAndTheStreamGoesOn() throws Exception {
        // When
        String chat = client.text(Client.CHAT, Client.chat("sim?fault=malformed@4", "x"));
        String messages = client.text(Client.MESSAGES, Client.messages("sim?fault=malformed@4", "x", true));

        // Then
        assertThat(brokenEvents(chat)).isEqualTo(1);
        assertThat(chat).endsWith("data: [DONE]\n\n");
        assertThat(brokenEvents(messages)).isEqualTo(1);
        assertThat(messages).contains("message_stop");
        assertThat(simulator.calls()).extracting(SimulatedCall::outcome).containsOnly(Outcome.COMPLETED);
    }

    @Test
    void aBufferLetsTokensOutInBursts() throws Exception {
        // Given
        String body = Client.chat("sim?tps=100&jitter=0&fault=buffer=1000", "x");

        // When
        try (var socket = client.socket(Client.CHAT, body, 65_536)) {
            var reads = new java.util.ArrayList<String>();
            byte[] buffer = new byte[65_536];
            for (int read; !String.join("", reads).contains("[DONE]"); ) {
                read = socket.getInputStream().read(buffer);
                reads.add(new String(buffer, 0, read, StandardCharsets.UTF_8));
            }

            // Then: the head comes alone, and with the first token all others whose time was within the burst
            assertThat(reads.getFirst()).startsWith("HTTP/1.1 200 OK").doesNotContain("chat.completion.chunk");
            assertThat(reads).hasSizeBetween(2, 3);
            assertThat(count(String.join("", reads), "chat.completion.chunk")).isEqualTo(13);
        }
    }

    @Test
    void anOversizedEventHasThatManyBytesOfText() throws Exception {
        // When
        String chat = client.text(Client.CHAT, Client.chat("sim?fault=oversize@4=300000", "x"));

        // Then
        assertThat(chat).containsPattern("\"content\":\"x{300000}\"").endsWith("data: [DONE]\n\n");
    }

    @Test
    void theHeaderSteersACallToo() throws Exception {
        // When
        var response = client.http.send(
                client.request(Client.CHAT, Client.chat("gpt-4o-mini", "x"))
                        .header("x-simulate", "tokens=3; fault=http-error=503")
                        .build(),
                BodyHandlers.ofString());

        // Then
        assertThat(response.statusCode()).isEqualTo(503);
    }

    private static long brokenEvents(String stream) {
        var json = new ObjectMapper();
        return stream.lines()
                .filter(line -> line.startsWith("data: {"))
                .filter(line -> {
                    try {
                        json.readTree(line.substring(6));
                        return false;
                    } catch (JsonProcessingException broken) {
                        return true;
                    }
                })
                .count();
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private static String utf8(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
