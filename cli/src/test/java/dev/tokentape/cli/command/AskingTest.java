package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.cli.Frames;
import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.ExitCode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AskingTest {

    private static final Question QUESTION = new Question("talk", "Why?", null, null);
    private static final List<String> BEGINNING = Frames.answer("It ", "is ").subList(0, 4);

    private static final String DOCUMENT =
            ("{\"conversation_id\":\"talk\",\"response_id\":\"%s\",\"status\":\"completed\",\"attempt\":1,"
                            + "\"provider\":\"openai\",\"model\":\"gpt-4o-mini\",\"served_model\":\"gpt-4o-mini-2024\","
                            + "\"simulated\":true,\"prompt\":[],\"text\":"
                            + "\"It is.\\u009b\",\"thinking\":\"\",\"tool_calls\":[],\"blocks\":[],"
                            + "\"stop_reason\":\"END_TURN\",\"usage\":{\"output_tokens\":3}}")
                    .formatted(Frames.RESPONSE);

    private final Screen screen = new Screen();
    private final MockWebServer gateway = new MockWebServer();
    private final CompletableFuture<MockResponse> rest = new CompletableFuture<>();
    private volatile int cancelStatus = 202;
    private volatile String asked = "";
    private volatile @Nullable MockResponse refusal;

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
                if (path.endsWith("/responses/" + Frames.RESPONSE)) {
                    return new MockResponse.Builder().body(DOCUMENT).build();
                }
                if (path.endsWith("/responses")) {
                    MockResponse refused = refusal;
                    if (refused != null) {
                        return refused;
                    }
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

    private int ask(String... arguments) {
        rest.complete(sse(List.of(Frames.json(4, "message_stop", ""))));
        List<String> line = new ArrayList<>(List.of("ask", "--gateway", "http://127.0.0.1:" + gateway.getPort()));
        line.addAll(List.of(arguments));
        return Tokentape.run(screen.terminal(), line.toArray(String[]::new));
    }

    @Test
    void asJsonAnAnswerIsOneObjectAtItsEnd() throws Exception {
        // When
        int exit = ask("-c", "talk", "--json", "Why?");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).hasSize(1);
        assertThat(screen.out()).doesNotContain("\u009b");
        JsonNode result = new ObjectMapper().readTree(screen.out());
        assertThat(result.path("conversation_id").asText()).isEqualTo("talk");
        assertThat(result.path("response_id").asText()).isEqualTo(Frames.RESPONSE);
        assertThat(result.path("status").asText()).isEqualTo("completed");
        assertThat(result.path("text").asText()).isEqualTo("It is.\u009b");
        assertThat(result.path("tool_calls").isArray()).isTrue();
        assertThat(result.path("usage").path("output_tokens").asInt()).isEqualTo(3);
        assertThat(result.path("provider").asText()).isEqualTo("openai");
        assertThat(result.path("model").asText()).isEqualTo("gpt-4o-mini");
        assertThat(result.path("simulated").asBoolean()).isTrue();
        assertThat(result.path("timings").path("first_content_ms").isNumber()).isTrue();
        assertThat(result.path("timings").path("first_content_at_provider_ms").asLong())
                .isEqualTo(40);
        assertThat(result.path("timings").path("total_ms").isNumber()).isTrue();
        assertThat(result.has("blocks")).isFalse();
    }

    @Test
    void asJsonLinesItsEventsAreThoseOfTheGateway() {
        // When
        int exit = ask("-c", "talk", "--json-lines", "Why?");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines())
                .containsExactlyElementsOf(
                        Stream.concat(BEGINNING.stream(), Stream.of(Frames.json(4, "message_stop", "")))
                                .toList());
    }

    @Test
    void systemPromptAndFallbackGoWithTheQuestion() {
        // When
        int exit = ask("--system", "Be brief.", "--fallback", "bedrock:amazon.nova-lite-v1:0", "Why?");

        // Then
        assertThat(exit).isZero();
        assertThat(asked)
                .isEqualTo("{\"prompt\":\"Why?\",\"system\":\"Be brief.\","
                        + "\"fallback\":{\"provider\":\"bedrock\",\"model\":\"amazon.nova-lite-v1:0\"}}");
    }

    @Test
    void filesGoBeforeTheQuestionInItsTurnWhichStillJoinsTheConversation(@TempDir Path folder) throws Exception {
        // Given
        Path notes = Files.writeString(folder.resolve("notes.txt"), "sky: blue");
        Path picture =
                Files.write(folder.resolve("sky"), new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 7});

        // When
        int exit = ask("--file", notes.toString(), "--file", picture.toString(), "--fallback", "gemini", "Why?");

        // Then
        assertThat(exit).isZero();
        assertThat(asked)
                .isEqualTo("{\"join_history\":true,\"messages\":[{\"role\":\"user\",\"content\":["
                        + "{\"type\":\"text\",\"text\":\"notes.txt:\\n\\nsky: blue\"},"
                        + "{\"type\":\"image\",\"media_type\":\"image/png\",\"data\":\"iVBORw0KGgoH\"},"
                        + "{\"type\":\"text\",\"text\":\"Why?\"}]}],\"fallback\":{\"provider\":\"gemini\"}}");
    }

    @ParameterizedTest
    @CsvSource({"'',begins a new conversation unless -c names one", "-c talk,Give -c with one that the token is for"})
    void aTokenForOtherConversationsIsToldTheOptionThatNamesOne(String option, String told) {
        // Given
        refusal = new MockResponse.Builder()
                .code(403)
                .body("{\"type\":\"urn:tokentape:problem:conversation-not-allowed\",\"title\":\"Not for it\"}")
                .build();

        // When
        int exit = ask(option.isEmpty() ? new String[] {"Why?"} : (option + " Why?").split(" "));

        // Then
        assertThat(exit).isEqualTo(1);
        assertThat(screen.err()).contains("Not for it").contains(told);
    }

    @Test
    void anotherRefusalSaysNothingOfConversations() {
        // Given
        refusal = new MockResponse.Builder()
                .code(403)
                .body("{\"type\":\"urn:tokentape:problem:scope-missing\",\"title\":\"No\"}")
                .build();

        // When
        int exit = ask("Why?");

        // Then
        assertThat(exit).isEqualTo(1);
        assertThat(screen.err()).contains("No").doesNotContain("-c");
    }

    private static MockResponse sse(List<String> frames) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(Frames.sse(frames))
                .build();
    }
}
