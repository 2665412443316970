package dev.tokentape.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.standalone.Frames;
import dev.tokentape.standalone.Screen;
import dev.tokentape.standalone.Tokentape;
import dev.tokentape.standalone.client.Question;
import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.ExitCode;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AskingTest {

    private static final Question QUESTION = new Question("talk", "Why?", null, null);
    private static final List<String> BEGINNING = Frames.answer("It ", "is ").subList(0, 4);

    private final Screen screen = new Screen();
    private final MockWebServer gateway = new MockWebServer();
    private final CompletableFuture<MockResponse> rest = new CompletableFuture<>();
    private volatile int cancelStatus = 202;
    private volatile String asked = "";

    /** An answer that goes on until it is cancelled: its connection is lost, and the next one brings the end. */
    @BeforeEach
    void start() throws Exception {
        gateway.setDispatcher(new Dispatcher() {
            private boolean begun;

            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                String path = String.valueOf(request.getTarget());
                if (path.endsWith("/cancel")) {
                    rest.complete(sse(List.of(Frames.json(4, "cancelled", ",\"reason\":\"user\""))));
                    return new MockResponse.Builder()
                            .code(cancelStatus)
                            .body("{\"status\":\"cancelling\",\"title\":\"Not now\"}")
                            .build();
                }
                if (path.endsWith("/responses")) {
                    asked = Objects.requireNonNull(request.getBody()).utf8();
                    return new MockResponse.Builder()
                            .code(202)
                            .body("{\"conversation_id\":\"talk\",\"response_id\":\"" + Frames.RESPONSE + "\"}")
                            .build();
                }
                synchronized (this) {
                    if (!begun) {
                        begun = true;
                        return sse(BEGINNING);
                    }
                }
                return rest.join();
            }
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        rest.complete(new MockResponse.Builder().code(204).build());
        gateway.close();
    }

    private ExitCode askAndInterrupt() throws Exception {
        try (TapeClient client = new TapeClient(URI.create("http://127.0.0.1:" + gateway.getPort()))) {
            Asking asking = new Asking(screen.terminal(), client);
            CompletableFuture<ExitCode> asked = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    asked.complete(asking.run(QUESTION));
                } catch (Exception e) {
                    asked.completeExceptionally(e);
                }
            });
            await().until(() -> screen.out().contains("It is "));
            asking.interrupt();
            return asked.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void anInterruptedAnswerIsCancelledAndThatIsTheLastThingSaid() throws Exception {
        // When
        ExitCode exit = askAndInterrupt();

        // Then
        assertThat(exit).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(screen.lines()).containsExactly("It is ");
        assertThat(screen.err().lines().toList().getLast())
                .isEqualTo("cancelled  conversation talk  response " + Frames.RESPONSE);
    }

    @Test
    void aCancelThatFailsIsSaidInOneLine() throws Exception {
        // Given
        cancelStatus = 503;

        // When
        ExitCode exit = askAndInterrupt();

        // Then
        assertThat(exit).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(screen.err().lines().toList().getLast())
                .isEqualTo("interrupted, but the answer could not be cancelled: Not now");
    }

    @Test
    void whatIsToBecomeOfALostAttemptGoesWithTheQuestion() throws Exception {
        // Given an answer that ends
        rest.complete(sse(List.of(Frames.json(4, "message_stop", ""))));

        // When
        String url = "http://127.0.0.1:" + gateway.getPort();
        int exit = Tokentape.run(
                screen.terminal(), "ask", "--gateway", url, "-c", "talk", "--on-attempt-lost", "restart", "Why?");

        // Then
        assertThat(asked).isEqualTo("{\"prompt\":\"Why?\",\"on_attempt_lost\":\"restart\"}");
        assertThat(exit).isZero();
    }

    private static MockResponse sse(List<String> frames) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(frames))
                .build();
    }
}
