package dev.tokentape.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.problem.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a connection: every state, and everything that can happen in it. */
class HttpConnectionTest {

    private static final String GET = "GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String POST = "POST /answer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";

    /** How a connection comes to be in each state. */
    private static final Map<String, Consumer<TestConnection>> STATES = new LinkedHashMap<>();

    /** What can happen. */
    private static final Map<String, Consumer<TestConnection>> EVENTS = new LinkedHashMap<>();

    static {
        STATES.put("Waiting", _ -> {});
        // Empty lines may come before a request.
        STATES.put("Arriving", it -> it.send("\r\n"));
        STATES.put("Receiving", it -> it.send(POST));
        STATES.put("Answering", it -> it.send(GET));
        STATES.put("Streaming", it -> {
            it.send(GET);
            it.answerWith(it.events());
        });
        STATES.put("Lingering", it -> it.send("no HTTP\r\n\r\n"));
        STATES.put("Gone", it -> {
            it.send(GET);
            it.channel.close();
        });

        EVENTS.put("bytes", it -> it.send("\r\n"));
        EVENTS.put("GET", it -> it.send(GET));
        EVENTS.put("POST", it -> it.send(POST));
        EVENTS.put("body", it -> it.send("x".repeat(1000)));
        EVENTS.put("no HTTP", it -> it.send("no HTTP\r\n\r\n"));
        EVENTS.put("TLS", it -> it.send("\u0016\u0003\u0001"));
        EVENTS.put("answer", it -> it.answerWith(HttpAnswer.text(200, "well")));
        EVENTS.put("failure", it -> it.fail(new IllegalStateException("of the test")));
        EVENTS.put("stream", it -> {
            if (it.state().equals("Answering")) {
                it.answerWith(it.events());
            }
        });
        EVENTS.put("upgrade", it -> it.answerWith(TestConnection.upgrade()));
        EVENTS.put("end", it -> {
            it.answer.whole("Hello?", "Hi");
            it.channel.runPendingTasks();
        });
        EVENTS.put("writable", it -> it.channel.pipeline().fireChannelWritabilityChanged());
        EVENTS.put("head's time", it -> it.after(TestConnection.HEADER_TIME));
        EVENTS.put("idle time", it -> it.after(TestConnection.IDLE_TIME));
        EVENTS.put("closing", it -> it.channel.pipeline().fireUserEventTriggered(Closing.NOW));
        EVENTS.put("break", it -> {
            if (it.channel.isOpen()) {
                it.channel.pipeline().fireExceptionCaught(new IOException("reset by peer"));
            }
        });
        EVENTS.put("leave", it -> it.channel.close());
    }

    /** Those that are part of a body while one is read. */
    private static final Set<String> BYTES = Set.of("bytes", "GET", "POST", "body", "no HTTP", "TLS");

    /** The state after each event; a dot where it is the same. */
    private static final String TABLE = """
            event       | Waiting   | Arriving  | Receiving | Answering | Streaming | Lingering | Gone
            bytes       | Arriving  | .         | .         | .         | .         | .         | .
            GET         | Answering | Answering | .         | .         | .         | .         | .
            POST        | Receiving | Receiving | .         | .         | .         | .         | .
            body        | Arriving  | .         | Answering | .         | .         | .         | .
            no HTTP     | Lingering | Lingering | .         | .         | .         | .         | .
            TLS         | Lingering | Lingering | .         | .         | .         | .         | .
            answer      | .         | .         | .         | Waiting   | .         | .         | .
            failure     | .         | .         | .         | Waiting   | .         | .         | .
            stream      | .         | .         | .         | Streaming | .         | .         | .
            upgrade     | .         | .         | .         | Gone      | .         | .         | .
            end         | .         | .         | .         | .         | Waiting   | .         | .
            writable    | .         | .         | .         | .         | .         | .         | .
            head's time | .         | Lingering | .         | .         | .         | Gone      | .
            idle time   | Gone      | Lingering | Lingering | .         | .         | Gone      | .
            closing     | Gone      | Gone      | .         | .         | Gone      | .         | .
            break       | Gone      | Gone      | Gone      | Gone      | Gone      | Gone      | .
            leave       | Gone      | Gone      | Gone      | Gone      | Gone      | Gone      | .
            """;

    static Stream<Arguments> table() {
        List<String> lines = TABLE.lines().toList();
        List<String> states = cells(lines.getFirst());
        assertThat(states.subList(1, states.size())).containsExactlyElementsOf(STATES.keySet());
        assertThat(lines.stream().skip(1).map(line -> cells(line).getFirst()))
                .containsExactlyElementsOf(EVENTS.keySet());
        List<Arguments> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = cells(line);
            for (int i = 1; i < cells.size(); i++) {
                String next = cells.get(i).equals(".") ? states.get(i) : cells.get(i);
                rows.add(Arguments.of(states.get(i), cells.getFirst(), next));
            }
        }
        return rows.stream();
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @MethodSource("table")
    void afterEachEventAConnectionIsInTheStateThatTheTableSays(String state, String event, String next) {
        try (TestConnection it = new TestConnection(null)) {
            // Given
            Objects.requireNonNull(STATES.get(state)).accept(it);
            assertThat(it.state()).isEqualTo(state);

            // When
            Objects.requireNonNull(EVENTS.get(event)).accept(it);

            // Then
            assertThat(it.state()).isEqualTo(next);
            // And what a state holds it holds no longer
            boolean bodyIsHeld = state.equals("Receiving") && BYTES.contains(event);
            assertThat(it.bodies.taken() > 0).isEqualTo(bodyIsHeld);
            assertThat(it.tape.readers("talk")).isEqualTo(next.equals("Streaming") ? 1 : 0);
            if (state.equals("Gone") || event.equals("leave") || event.equals("break")) {
                assertThat(it.channel.isOpen()).isFalse();
            }
        }
    }

    @Test
    void requestsSentAheadAreAnsweredOneAfterTheOther() {
        try (TestConnection it = new TestConnection(null)) {
            // Given three requests in one read
            it.send(GET + GET + GET);
            assertThat(it.written()).isEmpty();

            // When each is answered
            List<String> answers = new ArrayList<>();
            for (String text : List.of("one", "two", "three")) {
                it.answerWith(HttpAnswer.text(200, text));
                answers.add(it.written());
            }

            // Then the next was looked at only then
            assertThat(answers).allMatch(answer -> answer.startsWith("HTTP/1.1 200"));
            assertThat(answers)
                    .extracting(answer -> answer.substring(answer.indexOf("\r\n\r\n") + 4))
                    .containsExactly("one", "two", "three");
            assertThat(it.state()).isEqualTo("Waiting");
        }
    }

    @Test
    void anAnswerThatComesWhileTheServerClosesIsTheLast() {
        try (TestConnection it = new TestConnection(null)) {
            // Given a request that is being answered as the server begins to close, and one behind it
            it.send(GET + GET);
            it.channel.pipeline().fireUserEventTriggered(Closing.NOW);

            // When
            it.answerWith(HttpAnswer.text(200, "well"));

            // Then
            assertThat(it.written()).containsOnlyOnce("HTTP/1.1 200").contains("connection: close");
            assertThat(it.state()).isEqualTo("Gone");
            assertThat(it.channel.isOpen()).isFalse();
        }
    }

    @Test
    void aRefusalIsReadBeforeTheConnectionIsClosed() {
        try (TestConnection it = new TestConnection(null)) {
            // Given a body that is too long, of which more is coming
            it.send(POST.replace("1000", "999999999"));
            assertThat(it.written()).startsWith("HTTP/1.1 413");

            // When the rest comes
            it.send("x".repeat(5_000));

            // Then it is thrown away, and only later the connection is closed
            assertThat(it.channel.isOpen()).isTrue();
            it.after(Duration.ofSeconds(2));
            assertThat(it.channel.isOpen()).isFalse();
        }
    }

    @Test
    void aStreamThatComesWhenTheClientHasGoneIsClosed() {
        try (TestConnection it = new TestConnection(null)) {
            // Given
            it.send(GET);
            HttpAnswer events = it.events();
            assertThat(it.tape.readers("talk")).isOne();

            // When
            it.channel.close();
            it.answerWith(events);

            // Then
            assertThat(it.tape.readers("talk")).isZero();
        }
    }

    @Test
    void aConnectionBeyondTheLimitIsAnsweredOnce() {
        try (TestConnection it = new TestConnection(Problem.overloaded("full"))) {
            // When
            it.send(GET);

            // Then
            assertThat(it.written()).startsWith("HTTP/1.1 503");
            assertThat(it.state()).isEqualTo("Gone");
            assertThat(it.wasAsked()).isFalse();
        }
    }
}
