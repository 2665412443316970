package dev.tokentape.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.standalone.Frames;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResumingStreamTest {

    private final MockWebServer gateway = new MockWebServer();
    private final List<String> answer = Frames.answer("one ", "two ", "three");
    private final List<String> read = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void follow(int mostAttempts) throws InterruptedException {
        try (TapeClient client = new TapeClient(URI.create("http://127.0.0.1:" + gateway.getPort()))) {
            new ResumingStream(client.responseEvents("talk", Frames.RESPONSE), Duration.ofMillis(1), mostAttempts)
                    .follow("start", frame -> read.add(frame.json().toString()), notices::add, Frame::terminal);
        }
    }

    @Test
    void aConnectionLostMidwayIsTakenUpAgainAfterTheLastEvent() throws Exception {
        // Given
        gateway.enqueue(sse(answer.subList(0, 3)));
        gateway.enqueue(sse(answer.subList(3, 6)));

        // When
        follow(3);

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
        assertThat(gateway.takeRequest().getTarget()).endsWith("/events?after=start");
        assertThat(gateway.takeRequest().getHeaders().get("Last-Event-ID")).isEqualTo("cursor-2");
        assertThat(notices).hasSize(2).last().isEqualTo("connected again");
    }

    @Test
    void theStreamEndsWithItsLastEventThoughTheConnectionStaysOpen() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .chunkedBody(Frames.sse(answer), 7)
                .build());

        // When
        follow(0);

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
        assertThat(notices).isEmpty();
    }

    @Test
    void anEndedAnswerGivesNothingMore() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder().code(204).build());

        // When
        follow(3);

        // Then
        assertThat(read).isEmpty();
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    @Test
    void anOverloadedGatewayIsTriedAgain() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder().code(503).build());
        gateway.enqueue(sse(answer));

        // When
        follow(3);

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
    }

    @Test
    void aGatewayThatDoesNotComeBackIsGivenUp() {
        // Given
        for (int i = 0; i < 3; i++) {
            gateway.enqueue(new MockResponse.Builder().code(503).build());
        }

        // When
        assertThatThrownBy(() -> follow(2))

                // Then
                .isInstanceOf(GatewayProblem.class)
                .hasMessageContaining("503");
        assertThat(gateway.getRequestCount()).isEqualTo(3);
    }

    @Test
    void aRefusalIsNotTriedAgain() {
        // Given
        gateway.enqueue(new MockResponse.Builder()
                .code(404)
                .body("{\"title\":\"No such response\"}")
                .build());

        // When
        assertThatThrownBy(() -> follow(3))

                // Then
                .isInstanceOf(GatewayProblem.class)
                .hasMessageContaining("No such response");
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    private static MockResponse sse(List<String> frames) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(frames))
                .build();
    }
}
