package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.tape.read.FakeGateway;
import dev.tokentape.gateway.tape.read.FakeLog;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer's outcome is one word, whoever looks, whenever, over whatever: a real tape behind a real gateway. */
@Timeout(120)
class OutcomeInEveryViewTest {

    private static final String TALK = "/v1/conversations/talk";
    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-000000000001";
    private static final String ANSWER = TALK + "/responses/" + RESPONSE;

    private final FakeLog log = new FakeLog();
    private final FakeGateway tape = FakeGateway.over(log, 0);
    private final TestGateway gateway = new TestGateway(tape.tape());
    private final ResponseAssembler stored = new ResponseAssembler("talk", RESPONSE);
    private long sequence;

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Envelope envelope(int block) {
        return FakeTape.envelope("talk", RESPONSE, sequence++, block);
    }

    private void put(TokenEvent event) {
        log.write(event);
        stored.accept(event);
        tape.feedAll();
    }

    private void begin() {
        put(new TokenEvent.UserMessage(envelope(Envelope.NONE), "user", "Hello?"));
        put(new TokenEvent.MessageStart(envelope(Envelope.NONE), "assistant", "up-1", "gpt-4o-mini", null, null));
        put(new TokenEvent.BlockStart(envelope(0), BlockType.TEXT, null, null, null, null, null));
        put(new TokenEvent.BlockDelta(envelope(0), DeltaType.TEXT, "Hi", null));
        put(new TokenEvent.BlockStop(envelope(0)));
    }

    private TokenEvent end(String name) {
        Envelope last = envelope(Envelope.NONE);
        return switch (name) {
            case "error" ->
                new TokenEvent.Failed(
                        last, new ErrorInfo(ErrorPhase.MID_STREAM, "overloaded_error", "Busy.", 529, true), null);
            case "cancel" -> new TokenEvent.Cancelled(last, "client_request", "yes", null);
            case "block" -> new TokenEvent.Cancelled(last, "blocked", "unknown", null, true);
            default -> new TokenEvent.MessageStop(last, StopReason.valueOf(name), "raw", null, null, null);
        };
    }

    /** What ends an answer: a stop reason, or what is none; with the word, and the coarser one of the status. */
    static Stream<Arguments> ends() {
        return Stream.of(
                Arguments.of("END_TURN", "completed", "completed"),
                Arguments.of("STOP_SEQUENCE", "completed", "completed"),
                Arguments.of("OTHER", "completed", "completed"),
                Arguments.of("MAX_TOKENS", "max_tokens", "completed"),
                Arguments.of("CONTEXT_WINDOW_EXCEEDED", "max_tokens", "completed"),
                Arguments.of("TOOL_USE", "tool_use", "completed"),
                Arguments.of("PAUSE_TURN", "pause_turn", "completed"),
                Arguments.of("REFUSAL", "refusal", "completed"),
                Arguments.of("CONTENT_FILTER", "content_filter", "completed"),
                Arguments.of("ERROR", "failed", "failed"),
                Arguments.of("MALFORMED_TOOL_USE", "failed", "failed"),
                Arguments.of("error", "failed", "failed"),
                Arguments.of("cancel", "cancelled", "cancelled"),
                Arguments.of("block", "blocked", "blocked"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("ends")
    void theWordIsTheSameInEveryView(String end, String outcome, String status) throws Exception {
        // Given an answer with readers over both transports, and its end
        try (SseClient events = new SseClient(gateway.open(gateway.request(TALK + "/events?after=start")
                        .header("Accept", "text/event-stream")
                        .build()));
                SocketClient socket = subscribed("\"after\":\"start\"")) {
            begin();
            put(end(end));

            // When it is looked at live, in pages, whole, late, and where a cancel comes too late
            Map<String, JsonNode> views = new LinkedHashMap<>();
            views.put("live by SSE", events.take(6).getLast().json());
            views.put("live by WebSocket", messages(socket, 6).getLast());
            views.put("pages", page(TALK + "/events?after=start").at("/events/5"));
            views.put("pages of the answer", page(ANSWER + "/events").at("/events/5"));
            views.put("GET, from the tape", json(gateway.get(ANSWER)));
            views.put(
                    "cancelled too late",
                    json(gateway.send(gateway.request(ANSWER + "/cancel")
                            .POST(BodyPublishers.noBody())
                            .build())));
            views.put("snapshot by SSE", snapshot());
            try (SocketClient late = subscribed("\"snapshot\":true")) {
                views.put("snapshot by WebSocket", messages(late, 1).getFirst().at("/responses/0"));
            }
            gateway.history.store(stored.toResponse());
            views.put("GET, from the processor", json(gateway.get(ANSWER)));
            views.put("turns", json(gateway.get(TALK)).at("/turns/0"));

            // Then
            assertThat(views)
                    .allSatisfy((view, told) -> assertThat(told.path("outcome").asText())
                            .as(told.toString())
                            .isEqualTo(outcome));
            assertThat(views).allSatisfy((view, told) -> {
                if (told.has("status")) {
                    assertThat(told.path("status").asText()).as(view).isEqualTo(status);
                }
            });
        }
    }

    @Test
    void noViewSaysAnOutcomeWhileTheAnswerRuns() throws Exception {
        // Given
        begin();

        // When
        List<JsonNode> views = new ArrayList<>(
                List.of(json(gateway.get(ANSWER)), json(gateway.get(TALK)).at("/open/0"), snapshot()));
        page(TALK + "/events?after=start").path("events").forEach(views::add);

        // Then
        assertThat(views)
                .hasSize(8)
                .allSatisfy(view -> assertThat(view.isObject() && !view.has("outcome"))
                        .as(view.toString())
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void whyAnAnswerBeganAgainIsToldInEveryView(String reason) throws Exception {
        // Given an answer that began again, live and whole
        try (SseClient events = new SseClient(gateway.open(gateway.request(TALK + "/events?after=start")
                .header("Accept", "text/event-stream")
                .build()))) {
            begin();
            put(new TokenEvent.MessageStart(
                    envelope(Envelope.NONE), "assistant", "up-2", "gpt-4o-mini", null, null, reason, null));
            put(end("END_TURN"));

            // When
            String live = events.take(7).get(5).json().path("reason").asText();
            String page =
                    page(TALK + "/events?after=start").at("/events/5/reason").asText();
            String tape = json(gateway.get(ANSWER)).path("attempt_reason").asText();
            String snapshot = snapshot().path("attempt_reason").asText();
            gateway.history.store(stored.toResponse());
            String processor = json(gateway.get(ANSWER)).path("attempt_reason").asText();

            // Then
            assertThat(List.of(live, page, tape, snapshot, processor)).containsOnly(reason);
        }
    }

    static Stream<String> reasons() throws IOException {
        return table("## Why an answer begins again").stream();
    }

    @Test
    void theTablesHereAreThoseOfTheDocument() throws IOException {
        assertThat(ends().map(row -> row.get()[1]).distinct())
                .containsExactlyInAnyOrderElementsOf(table("# How answers end"));
        assertThat(reasons()).contains("regenerated", "fallback");
    }

    /** The words in the first column of the first table under a heading of {@code docs/outcomes.md}. */
    private static List<String> table(String heading) throws IOException {
        String text = Files.readString(Path.of("../docs/outcomes.md"), UTF_8);
        return text.substring(text.indexOf(heading))
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .toList();
    }

    private JsonNode page(String path) {
        return json(gateway.send(
                gateway.request(path).header("Accept", "application/json").build()));
    }

    private JsonNode snapshot() throws IOException {
        try (SseClient late = new SseClient(gateway.open(gateway.request(TALK + "/events?snapshot=true")
                .header("Accept", "text/event-stream")
                .build()))) {
            return late.take(1).getFirst().json().at("/responses/0");
        }
    }

    private SocketClient subscribed(String more) throws InterruptedException {
        SocketClient socket = new SocketClient(gateway.client, gateway.gateway.url());
        socket.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"," + more + "}");
        assertThat(socket.next().path("type").asText()).isEqualTo("subscribed");
        return socket;
    }

    private static List<JsonNode> messages(SocketClient socket, int count) throws InterruptedException {
        List<JsonNode> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(socket.next());
        }
        return messages;
    }
}
