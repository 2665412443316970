package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;

class GatewaysTest {

    private static URI nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private static URI of(MockWebServer gateway) {
        return URI.create("http://127.0.0.1:" + gateway.getPort());
    }

    private static MockResponse sse(List<String> frames) {
        return new MockResponse.Builder()
                .code(200)
                .setHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(frames))
                .build();
    }

    @Test
    void aQuestionGoesToTheNextWhereOneDoesNotAnswer() throws Exception {
        try (MockWebServer second = new MockWebServer()) {
            // Given
            second.enqueue(new MockResponse.Builder()
                    .code(202)
                    .body("{\"status\":\"cancelling\"}")
                    .build());
            second.start();

            // When
            String status;
            try (TapeClient client = new TapeClient(List.of(nobody(), of(second)), null)) {
                status = client.cancel("talk", Frames.RESPONSE);
            }

            // Then
            assertThat(status).isEqualTo("cancelling");
        }
    }

    @Test
    void whereNobodyAnswersAllAreNamed() throws Exception {
        // Given
        URI one = nobody();
        URI other = nobody();

        // When
        try (TapeClient client = new TapeClient(List.of(one, other), null)) {
            // Then
            assertThatThrownBy(() -> client.cancel("talk", Frames.RESPONSE))
                    .isInstanceOf(GatewayUnreachable.class)
                    .hasMessageContaining(one.toString())
                    .hasMessageContaining(other.toString());
        }
    }

    @Test
    void aStreamThatBreaksGoesOnAtTheNextFromTheLastCursor() throws Exception {
        try (MockWebServer first = new MockWebServer();
                MockWebServer second = new MockWebServer()) {
            // Given one gateway that breaks off behind the first event
            first.enqueue(sse(List.of(Frames.text(0, "It "))));
            second.enqueue(sse(List.of(Frames.text(1, "is."), Frames.stop(2))));
            first.start();
            second.start();

            // When
            List<EventFrame> read = new ArrayList<>();
            try (TapeClient client = new TapeClient(List.of(of(first), of(second)), null)) {
                new ResumingStream(
                                client.address(),
                                client.responseEvents("talk", Frames.RESPONSE),
                                new ResumingStream.Patience(
                                        Duration.ofMillis(5), Duration.ofSeconds(2), Duration.ofSeconds(20)))
                        .follow("start", read::add, _ -> {}, EventFrame::terminal);
            }

            // Then the second was asked for what follows
            assertThat(read).extracting(EventFrame::sequence).containsExactly(0L, 1L, 2L);
            assertThat(second.takeRequest().getHeaders().get("Last-Event-ID"))
                    .isEqualTo(read.getFirst().id());
        }
    }
}
