package dev.tokentape.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokentapeTest {

    private final Screen screen = new Screen();

    private int run(String... arguments) {
        return Tokentape.run(screen.terminal(), arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway",
                "producer",
                "processor",
                "topics",
                "ask",
                "ls",
                "show",
                "tail",
                "cancel",
                "delete",
                "token",
                "decode",
                "moderate",
                "rules",
                "completion"
            })
    void everyCommandHasHelpWithItsExitCodes(String command) {
        // When
        int exit = run(command, "--help");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out()).contains("tokentape " + command, "Exit codes:", "130");
    }

    @Test
    void noCommandIsWrongUseAndListsThem() {
        // When
        int exit = run();

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("gateway", "decode", "no command was given");
    }

    @Test
    void anUnknownOptionIsOneLineAndAHint() {
        // When
        int exit = run("tail", "c", "--colour");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("--colour").contains("tokentape tail --help");
    }

    @Test
    void everyWrongSettingIsNamedAtOnce() {
        // When
        int exit = run("topics", "--set", "topics.partitions=many", "--set", "topics.replication-factor=99");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("topics.partitions").contains("topics.replication-factor");
    }

    @Test
    void printConfigShowsWhatIsSetAndEnds() {
        // When
        int exit = run("topics", "--print-config", "--set", "topics.prefix=blue.");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).contains("topics.prefix = blue.", "topics.partitions = 12");
    }

    @Test
    void anUnknownSettingIsNamedWithWhatWasMeant() {
        // When
        int exit = run("gateway", "--set", "gateway.prt=1");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("gateway.prt").contains("did you mean gateway.port?");
    }

    @Test
    void theHelpOfAServiceListsItsSettings() {
        // When
        int exit = run("processor", "--help");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out()).contains("operations.port = 9401", "processor.session-timeout = 2s");
        assertThat(screen.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource({
        "ask -c a/b x,--conversation",
        "tail a/b,CONVERSATION",
        "cancel c abc,RESPONSE",
        "cancel a/b 0198c5d2-7a10-7c3e-8f4b-2f9f6b1f2a11,CONVERSATION",
        "tail c --gateway localhost:8080,--gateway",
        "decode --api openai-chat-completions --chunk 0 x,--chunk",
        "decode --api smoke-signals x,--api",
        "rules check no-such-file,no-such-file",
        "moderate --rules no-such-file,no-such-file",
        "ask --json --json-lines x,--json-lines",
        "ask --fallback :m x,--fallback",
        "ask --file no-such-file x,no-such-file",
        "ls --cacert no-such-file,--cacert",
        "ls --limit 0,--limit",
        "show a/b,CONVERSATION",
        "ask,what is the question?",
        "ask --token-variable TOKENTAPE_NO_SUCH_VARIABLE x,TOKENTAPE_NO_SUCH_VARIABLE"
    })
    void whatCannotBeMeantIsWrongUseThatNamesIt(String line, String named) {
        // When
        int exit = run(line.split(" "));

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains(named).doesNotContain("Exception").doesNotContain("HTTP ");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "aks x,there is no command 'aks'; did you mean ask?",
                "tial c,there is no command 'tial'; did you mean tail?",
                "rules chekc f,there is no command 'chekc'; did you mean check?",
                "ask --modle m x,there is no option --modle; did you mean --model?",
                "tail c --aftr=start,there is no option --aftr; did you mean --after?",
                "frobnicate,there is no command 'frobnicate'",
                "tail a b,'b' is one argument too many; what has spaces is put in quotes"
            })
    void aSlipOfThePenIsToldWithWhatWasProbablyMeant(String line, String told) {
        // When
        int exit = run(line.split(" "));

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err().lines().findFirst()).contains("tokentape: " + told);
    }

    @Test
    void anEmptyQuestionIsWrongUse() {
        // When
        int exit = run("ask", " ");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("the question is empty");
    }

    @Test
    void decodeGoesOnAfterAFileThatCannotBeRead(@TempDir Path folder) throws IOException {
        // Given
        Path body = Files.writeString(
                folder.resolve("body"),
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n");

        // When
        int exit = run(
                "decode",
                "--api",
                "openai-chat-completions",
                folder.resolve("none").toString(),
                body.toString());

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.lines()).hasSize(1).first().asString().contains("\"text\":\"Hi\"");
        assertThat(screen.err()).contains("none: there is no such file").doesNotContain("Exception");
    }

    @Test
    void decodeFailsOnWhatIsNoStreamOfThatApi(@TempDir Path folder) throws IOException {
        // Given
        Path body = Files.writeString(folder.resolve("body"), "hello\n");

        // When
        int exit = run("decode", "--api", "openai-chat-completions", body.toString());

        // Then
        assertThat(exit).isEqualTo(1);
        assertThat(screen.lines()).hasSize(1);
        assertThat(screen.err()).contains("holds nothing of a stream of openai-chat-completions");
    }

    @Test
    void noGatewayIsSomethingNotAvailable() throws IOException {
        // Given
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        // When
        int exit = run("ask", "--gateway", "http://127.0.0.1:" + port, "Why?");

        // Then
        assertThat(exit).isEqualTo(69);
        assertThat(screen.err())
                .contains("127.0.0.1")
                .contains("tokentape up")
                .contains("--gateway")
                .doesNotContain("\tat ");
    }

    @Test
    void verboseAddsTheStackTrace() throws IOException {
        // Given
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        // When
        int exit = run("cancel", "-v", "--gateway", "http://127.0.0.1:" + port, "c", Frames.RESPONSE);

        // Then
        assertThat(exit).isEqualTo(69);
        assertThat(screen.err()).contains("\tat ");
    }

    @Test
    void anAddressThatIsNoneIsWrongUse() {
        // When
        int exit = run("tail", "c", "--gateway", "somewhere");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err()).contains("somewhere");
    }

    @Test
    void askStreamsTheTextAndSaysWhereItIs() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(accepted());
            gateway.enqueue(sse(Frames.sse(Frames.answer("It ", "is ", "so."))));
            gateway.start();

            // When
            int exit = run("ask", "-c", "talk", "--model", "sim", "--gateway", url(gateway), "Why", "so?");

            // Then
            assertThat(exit).isZero();
            assertThat(screen.lines()).containsExactly("It is so.");
            assertThat(screen.err()).contains("conversation talk").contains(Frames.RESPONSE);
            RecordedRequest post = gateway.takeRequest();
            assertThat(post.getTarget()).isEqualTo("/v1/conversations/talk/responses");
            assertThat(post.getHeaders().get("Idempotency-Key")).isNotEmpty();
            assertThat(String.valueOf(
                            post.getBody() == null ? "" : post.getBody().utf8()))
                    .contains("\"prompt\":\"Why so?\"")
                    .contains("\"model\":\"sim\"")
                    .doesNotContain("provider");
        }
    }

    @Test
    void askFailsWhereTheAnswerEndsInAnError() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(accepted());
            gateway.enqueue(sse(Frames.sse(List.of(Frames.text(0, "It "), Frames.error(1)))));
            gateway.start();

            // When
            int exit = run("ask", "-c", "talk", "--gateway", url(gateway), "Why?");

            // Then
            assertThat(exit).isEqualTo(1);
            assertThat(screen.lines()).containsExactly("It ", "[failed: overloaded, too busy]");
        }
    }

    @Test
    void cancelPrintsWhatTheAnswerIsNow() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(new MockResponse.Builder()
                    .code(202)
                    .body("{\"status\":\"cancelling\"}")
                    .build());
            gateway.start();

            // When
            int exit = run("cancel", "--gateway", url(gateway), "talk", Frames.RESPONSE);

            // Then
            assertThat(exit).isZero();
            assertThat(screen.lines()).containsExactly("cancelling");
            assertThat(gateway.takeRequest().getTarget())
                    .isEqualTo("/v1/conversations/talk/responses/" + Frames.RESPONSE + "/cancel");
        }
    }

    @Test
    void aRefusalIsShownInTheGatewaysWords() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(new MockResponse.Builder()
                    .code(404)
                    .body("{\"title\":\"No such response\",\"detail\":\"none in conversation talk\"}")
                    .build());
            gateway.start();

            // When
            int exit = run("cancel", "--gateway", url(gateway), "talk", Frames.RESPONSE);

            // Then
            assertThat(exit).isEqualTo(1);
            assertThat(screen.err()).contains("No such response: none in conversation talk");
        }
    }

    @Test
    void tailPrintsEachEventAsItCame() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(sse(Frames.sse(Frames.answer("Yes."))));
            gateway.enqueue(new MockResponse.Builder().code(204).build());
            gateway.start();

            // When
            int exit = run("tail", "talk", "--after", "start", "--json", "--gateway", url(gateway));

            // Then
            assertThat(exit).isZero();
            assertThat(screen.lines()).containsExactlyElementsOf(Frames.answer("Yes."));
            assertThat(gateway.takeRequest().getTarget()).isEqualTo("/v1/conversations/talk/events?after=start");
        }
    }

    private static MockResponse accepted() {
        return new MockResponse.Builder()
                .code(202)
                .body("{\"conversation_id\":\"talk\",\"response_id\":\"" + Frames.RESPONSE + "\"}")
                .build();
    }

    private static MockResponse sse(String body) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(body)
                .build();
    }

    private static String url(MockWebServer server) {
        return "http://127.0.0.1:" + server.getPort();
    }
}
