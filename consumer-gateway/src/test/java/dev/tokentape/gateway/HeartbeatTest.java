package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that wants to know soon that a gateway stands still asks for more signs of life. */
@Timeout(60)
class HeartbeatTest {

    private static final String PATH = "/v1/conversations/talk/events";

    private final TestGateway gateway = new TestGateway("gateway.keep-alive", "30s");

    @AfterEach
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "1, 1", "30, 30", "31, 30", "3600, 30", ", 30"})
    void aStreamSaysHowLongItIsSilentAtMost(String asked, String told) throws IOException {
        // Given
        var request = gateway.request(PATH).header("Accept", "text/event-stream");

        // When
        try (SseClient client = new SseClient(
                gateway.open((asked == null ? request : request.header("Tokentape-Heartbeat", asked)).build()))) {

            // Then
            assertThat(client.response.headers().firstValue("Tokentape-Heartbeat"))
                    .hasValue(told);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "0.5", "soon", "3601", "99999999999"})
    void aHeartbeatThatIsNoNumberOfSecondsIsRefused(String asked) {
        // When
        var answer = gateway.send(gateway.request(PATH)
                .header("Accept", "text/event-stream")
                .header("Tokentape-Heartbeat", asked)
                .build());

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestGateway.json(answer).path("parameter").asText()).isEqualTo("Tokentape-Heartbeat");
    }

    @Test
    void aSilentStreamKeepsTheTimeThatItPromised() throws Exception {
        // Given a stream that would otherwise say its first word after half a minute
        Answering answer = new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
        long from = System.nanoTime();
        try (SseClient client = new SseClient(gateway.open(gateway.request(PATH + "?after=now")
                .header("Accept", "text/event-stream")
                .header("Tokentape-Heartbeat", "1")
                .build()))) {

            // When nothing happens for longer than it promised
            client.nextComment();

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(30));
            answer.prompted("And on it goes");
            assertThat(client.take(1)).hasSize(1);
        }
    }

    @Test
    void aSocketPingsAsOftenAsItsClientAsked() throws IOException {
        // Given
        RawConnection connection = new RawConnection(gateway.port());
        connection.send("""
                GET /v1/stream HTTP/1.1\r
                Host: 127.0.0.1\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Protocol: tokentape.v1\r
                Tokentape-Heartbeat: 1\r
                \r
                """);

        // When
        String head = connection.answer();

        // Then
        assertThat(head).startsWith("HTTP/1.1 101").containsIgnoringCase("tokentape-heartbeat: 1");
        assertThat(connection.readByte()).isEqualTo(0x89);
        connection.close();
    }
}
