package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.client.ResumingStream.Patience;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResumingStreamTest {

    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Patience PATIENT = new Patience(PAUSE, Duration.ofSeconds(30), Duration.ofSeconds(30));
    private static final Patience SHORT = new Patience(PAUSE, Duration.ofMillis(300), Duration.ofMillis(300));
    private static final Patience NONE = new Patience(PAUSE, Duration.ZERO, Duration.ZERO);

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

    private void follow(Patience patience) throws Exception {
        try (TapeClient client = new TapeClient(URI.create("http://127.0.0.1:" + gateway.getPort()))) {
            new ResumingStream(client.address(), client.responseEvents("talk", Frames.RESPONSE), patience)
                    .follow("start", frame -> read.add(frame.json().toString()), notices::add, EventFrame::terminal);
        }
    }

    @Test
    void aConnectionLostMidwayIsTakenUpAgainAfterTheLastEvent() throws Exception {
        // Given
        gateway.enqueue(sse(answer.subList(0, 3)));
        gateway.enqueue(sse(answer.subList(3, 6)));

        // When
        follow(PATIENT);

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
        follow(NONE);

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
        assertThat(notices).isEmpty();
    }

    @Test
    void anEndedAnswerGivesNothingMore() throws Exception {
        // Given
        gateway.enqueue(new MockResponse.Builder().code(204).build());

        // When
        follow(PATIENT);

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
        follow(PATIENT);

        // Then
        assertThat(read).containsExactlyElementsOf(answer);
    }

    @Test
    void aGatewayThatStaysOverloadedIsGivenUp() {
        // Given
        gateway.setDispatcher(always(new MockResponse.Builder().code(503).build()));

        // When
        assertThatThrownBy(() -> follow(SHORT))

                // Then
                .isInstanceOf(GatewayProblem.class)
                .hasMessageContaining("503");
        assertThat(gateway.getRequestCount()).isGreaterThan(1);
    }

    @Test
    void aGatewayThatIsNotThereIsNamedWithTheWayOut() {
        // Given
        String address = "http://127.0.0.1:" + gateway.getPort();
        gateway.close();

        // When
        assertThatThrownBy(() -> follow(SHORT))

                // Then
                .isInstanceOf(GatewayUnreachable.class)
                .hasMessageContaining(address)
                .hasMessageContaining("the connection was refused")
                .hasMessageContaining("--gateway")
                .hasMessageNotContaining("Exception");
        assertThat(notices).isEmpty();
    }

    @Test
    void aGatewayThatWasThereIsWaitedForAndItsLossToldOnce() {
        // Given
        gateway.setDispatcher(new Dispatcher() {
            private boolean first = true;

            @Override
            public synchronized MockResponse dispatch(RecordedRequest request) {
                boolean lives = first;
                first = false;
                return lives
                        ? sse(answer.subList(0, 3))
                        : new MockResponse.Builder().code(503).build();
            }
        });

        // When
        assertThatThrownBy(() -> follow(SHORT)).isInstanceOf(GatewayProblem.class);

        // Then
        assertThat(read).hasSize(3);
        assertThat(gateway.getRequestCount()).isGreaterThan(3);
        assertThat(notices).hasSize(1).first().asString().contains("connection lost");
    }

    @Test
    void aRefusalIsNotTriedAgain() {
        // Given
        gateway.enqueue(new MockResponse.Builder()
                .code(404)
                .body("{\"title\":\"No such response\"}")
                .build());

        // When
        assertThatThrownBy(() -> follow(PATIENT))

                // Then
                .isInstanceOfSatisfying(
                        GatewayProblem.class,
                        problem -> assertThat(problem.status()).isEqualTo(404))
                .hasMessage("No such response");
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    private static Dispatcher always(MockResponse response) {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return response;
            }
        };
    }

    private static MockResponse sse(List<String> frames) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(frames))
                .build();
    }
}
