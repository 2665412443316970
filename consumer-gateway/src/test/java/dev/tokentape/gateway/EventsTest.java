package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

    private static final String C = "/v1/conversations/talk";

    private final TestGateway gateway = new TestGateway("gateway.keep-alive", "200ms");
    private Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());

    @BeforeEach
    void anAnswer() {
        answer = new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private SseClient events(String path, String... headers) {
        var request = gateway.request(path).header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new SseClient(gateway.open(request.GET().build()));
    }

    private static List<String> types(List<SseClient.Event> events) {
        return events.stream().map(event -> event.json().path("type").asText()).toList();
    }

    @Test
    void aConversationIsReadFromNowOnAsItComes() throws Exception {
        // Given an event of the past
        answer.prompted("Hello?");

        // When somebody subscribes, and the answer begins
        try (SseClient client = events(C + "/events")) {
            answer.begun();
            answer.says("Hi");

            // Then they get what came since, each event once and with its id
            List<SseClient.Event> got = client.take(3);
            assertThat(types(got)).containsExactly("message_start", "content_block_start", "content_block_delta");
            assertThat(got)
                    .allSatisfy(event ->
                            assertThat(event.json().path("id").asText()).isEqualTo(event.id()));
            assertThat(client.response.headers().firstValue("Content-Type"))
                    .contains("text/event-stream; charset=utf-8");
            assertThat(client.response.headers().firstValue("Cache-Control")).contains("no-cache, no-transform");
            assertThat(client.response.headers().firstValue("X-Accel-Buffering"))
                    .contains("no");
            assertThat(client.response.headers().firstValue("X-Content-Type-Options"))
                    .contains("nosniff");
            assertThat(client.retry).isEqualTo("1000");
        }
    }

    @Test
    void anAnswerIsReadFromItsStartToItsEndAndThenTheStreamEnds() {
        // Given a whole answer, and another beside it
        new Answering(gateway.tape, "talk", UUID.randomUUID().toString()).prompted("Something else");
        answer.whole("Hello?", "Hi", " there");

        // When its stream is read
        List<SseClient.Event> got =
                events(C + "/responses/" + answer.responseId() + "/events").rest();

        // Then it is all of it, in order, and ends
        assertThat(types(got))
                .containsExactly(
                        "user_message",
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_stop");
        assertThat(got.stream().map(event -> event.json().path("sequence").asInt()))
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void resumingFromEveryCursorOfAnAnswerGivesExactlyTheRest() {
        // Given an answer that was read whole
        answer.whole("Hello?", "a", "b", "c");
        String path = C + "/responses/" + answer.responseId() + "/events";
        List<SseClient.Event> whole = events(path).rest();

        for (int i = 0; i < whole.size() - 1; i++) {
            // When reading goes on after one of its events
            List<SseClient.Event> rest =
                    events(path, "Last-Event-ID", whole.get(i).id()).rest();

            // Then it is what followed, no more and no less
            assertThat(rest).isEqualTo(whole.subList(i + 1, whole.size()));
        }
    }

    @Test
    void whoHasReadAnAnswerToItsEndIsToldNotToComeBack() {
        // Given an answer that has ended
        answer.whole("Hello?", "Hi");

        // When an EventSource comes back with the last id
        HttpResponse<String> response =
                gateway.send(gateway.request(C + "/responses/" + answer.responseId() + "/events")
                        .header("Accept", "text/event-stream")
                        .header("Last-Event-ID", gateway.tape.cursorOf("talk"))
                        .build());

        // Then it is told to stop
        assertThat(response.statusCode()).isEqualTo(204);
    }

    @Test
    void lastEventIdGoesBeforeAfter() {
        // Given an answer
        answer.prompted("Hello?");
        String second = answer.begun();
        answer.says("x");
        answer.ends();

        // When both are given, as when an EventSource whose address has ?after= comes back
        List<SseClient.Event> got = events(
                        C + "/responses/" + answer.responseId() + "/events?after=start", "Last-Event-ID", second)
                .rest();

        // Then the header decides
        assertThat(types(got)).containsExactly("content_block_delta", "content_block_stop", "message_stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "c0"})
    void aConversationCanBeReadFromAnEarlierPlace(String after) {
        // Given an event of the past
        answer.prompted("Hello?");

        // When somebody asks for it
        SseClient client = events(C + "/events?after=" + after);

        // Then they get it
        assertThat(types(client.take(1))).containsExactly("user_message");
    }

    @Test
    void aCursorThatNobodyGaveOutIsRefused() {
        // When somebody makes one up
        HttpResponse<String> response = gateway.get(C + "/events?after=nonsense");

        // Then they are told
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:invalid-cursor");
    }

    @Test
    void anUnknownAnswerIsWaitedForAWhileAndThenNotFound() {
        // When the events of an answer that nobody knows are asked for
        HttpResponse<String> response = gateway.get(C + "/responses/" + UUID.randomUUID() + "/events");

        // Then in the end it is not found
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:response-not-found");
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void anAnswerThatAppearsWhileItIsWaitedForIsStreamed() {
        // Given a reader that came before the answer
        var opening = gateway.client.sendAsync(
                gateway.request(C + "/responses/" + answer.responseId() + "/events")
                        .build(),
                java.net.http.HttpResponse.BodyHandlers.ofInputStream());
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When it begins
        answer.whole("Hello?", "Hi");

        // Then the reader gets it from its start
        assertThat(types(new SseClient(opening.join()).rest())).hasSize(6).startsWith("user_message");
    }

    @Test
    void aSilentStreamSaysThatItLives() {
        // Given a stream on which nothing comes for this reader, though something comes for others
        answer.prompted("Hello?");
        SseClient client = events(C + "/responses/" + answer.responseId() + "/events");
        client.take(1);
        Answering other = new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
        String elsewhere = other.prompted("Something else");

        // When time passes
        await().until(() -> gateway.tape.pulls.get() > 2);
        answer.says("on");
        client.take(1);

        // Then comments came, or the next keep-alive moves the cursor past what this reader does not see
        other.says("unseen");
        var later = java.util.concurrent.CompletableFuture.supplyAsync(client::next);
        await().until(() ->
                Integer.parseInt(client.lastId().substring(1)) > Integer.parseInt(elsewhere.substring(1)) + 1);
        answer.says("end");
        assertThat(later.join()).isNotNull();
        assertThat(client.comments).contains(": keep-alive");
    }

    @Test
    void aReaderThatLeavesIsForgotten() throws Exception {
        // Given a reader
        SseClient client = events(C + "/events");
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When it goes away
        client.close();

        // Then nothing of it is left
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void aStreamThatEndsLeavesTheConnectionToTheNextRequest() {
        // Given a client with one connection
        answer.whole("Hello?", "Hi");
        String path = C + "/responses/" + answer.responseId() + "/events";
        events(path).rest();

        // When it asks again
        events(path).rest();

        // Then no further connection was needed
        await().until(() ->
                gateway.registry.get("tokentape.gateway.connections").gauge().value() == 1);
    }

    @Test
    void aQueryParameterThatIsNotKnownIsRefusedByName() {
        // When somebody mistypes one
        HttpResponse<String> response = gateway.get(C + "/events?aftr=start");

        // Then they are told which
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("detail").asText()).contains("'aftr'").contains("after");
    }

    @Test
    void aGatewayThatClosesTellsStreamsToComeBack() {
        // Given a stream
        SseClient client = events(C + "/events");
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When the gateway closes
        gateway.gateway.close();

        // Then the stream ends cleanly, with a time to come back after
        assertThat(client.rest()).isEmpty();
        assertThat(Integer.parseInt(java.util.Objects.requireNonNull(client.retry)))
                .isBetween(500, 3_000);
    }

    @Test
    void aLateJoinerGetsASnapshotAndGoesOnWithoutAnotherWhenItComesBack() throws Exception {
        // Given an answer that runs
        answer.prompted("Hello?");
        answer.begun();

        // When somebody joins with a snapshot, loses the connection, and comes back to the same address as an
        // EventSource does
        String last;
        try (SseClient client = events(C + "/events?snapshot=true")) {
            List<SseClient.Event> snapshot = client.take(2);

            // Then the snapshot's last frame alone has an id
            assertThat(types(snapshot)).containsExactly("snapshot", "snapshot");
            assertThat(snapshot.getFirst().id()).isEmpty();
            assertThat(snapshot)
                    .allSatisfy(event ->
                            assertThat(Documents.faultsOfEvent(event.json())).isEmpty());
            last = snapshot.getLast().id();
            assertThat(last).isEqualTo(snapshot.getLast().json().path("id").asText());
        }
        answer.says("Hi");
        try (SseClient client = events(C + "/events?snapshot=true", "Last-Event-ID", last)) {
            assertThat(types(client.take(1))).containsExactly("content_block_delta");
        }
    }

    @Test
    void aSnapshotThatIsNeitherWantedNorNotIsRefused() {
        // When
        HttpResponse<String> response = gateway.get(C + "/events?snapshot=perhaps");

        // Then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("parameter").asText()).isEqualTo("snapshot");
    }
}
