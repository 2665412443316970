package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose connection broke, each with the means that its library has. */
class ComingBackTest {

    private static final String C = "/v1/conversations/talk";
    private static final String RESPONSES = C + "/responses";
    private static final String BODY = "{\"prompt\":\"Hello?\"}";

    private final TestGateway gateway = new TestGateway();
    private final Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());

    @AfterEach
    void stop() {
        gateway.close();
    }

    private SseClient open(String path, String... headers) {
        var request = gateway.request(path).header("Accept", "text/event-stream");
        return new SseClient(gateway.open((headers.length == 0 ? request : request.headers(headers)).build()));
    }

    private static List<String> types(List<SseClient.Event> events) {
        return events.stream().map(event -> event.json().path("type").asText()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lastEventId", "last_event_id", "Last-Event-ID"})
    void theLastIdIsTakenFromTheAddressAsFromTheHeader(String name) {
        // Given a whole answer, read up to its second event
        answer.whole("Hello?", "Hi");
        String events = RESPONSES + "/" + answer.responseId() + "/events";

        // When the client comes back, by way of the header and by way of the address
        List<String> byHeader = types(open(events, "Last-Event-ID", "c2").rest());
        List<String> byAddress =
                types(open(events + "?after=start&" + name + "=c2").rest());

        // Then it is the same
        assertThat(byAddress).isEqualTo(byHeader).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"_=1, 200", "_=1&_=2, 200", "_dc=17, 200", "aftr=c2, 400", "t=1, 400"})
    void whatKeepsCachesAwayIsIgnoredAndWhatIsMisspeltIsNot(String query, int status) {
        // Given a whole answer
        answer.whole("Hello?", "Hi");

        // When it is asked for
        HttpResponse<String> response = gateway.get(RESPONSES + "/" + answer.responseId() + "/events?" + query);

        // Then
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {C + "/events", C + "/events?after=now", C + "/events?after=c1"})
    void aStreamThatBreaksBeforeItsFirstEventLosesNothing(String path) throws Exception {
        // Given a stream on which nothing came but its beginning
        answer.prompted("Hello?");
        SseClient broken = open(path);
        String begins = broken.firstId();

        // When events come while it is broken
        broken.close();
        answer.begun();
        answer.ends();

        // Then whoever comes back with the id it had gets them
        try (SseClient back = open(path, "Last-Event-ID", begins)) {
            assertThat(types(back.take(2))).containsExactly("message_start", "content_block_start");
        }
    }

    @Test
    void aPostedStreamSaysWhereItBegins() throws Exception {
        // When something is asked, and the stream breaks before the first event
        SseClient broken =
                new SseClient(gateway.open(gateway.postRequest(RESPONSES, BODY, "Accept", "text/event-stream")));
        String begins = broken.firstId();
        broken.close();
        Answering asked = new Answering(
                gateway.tape, "talk", gateway.commands.asked.getFirst().getResponseId());
        asked.whole("Hello?", "Hi");

        // Then the rest is all of it
        String address = broken.response.headers().firstValue("Location").orElseThrow();
        assertThat(open(address + "/events", "Last-Event-ID", begins).rest()).hasSize(6);
    }

    @Test
    void aStreamThatBeginsWithASnapshotBeginsWithItAgain() throws Exception {
        // Given
        answer.prompted("Hello?");

        // When a snapshot is asked for
        SseClient client = open(C + "/events?snapshot=true");

        // Then there is no id before it, which would stand for having had it
        assertThat(client.take(1).getFirst().id()).isEmpty();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json"})
    void aPostSentAgainWithoutAKeyAsksNothingAndSaysWhereToReadOn(String accept) {
        // When a library sends its POST again when its tab comes back
        HttpResponse<String> response = gateway.post(RESPONSES, BODY, "Last-Event-ID", "c1", "Accept", accept);

        // Then no answer is paid for, and the client knows where to go
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:resume-with-get");
        assertThat(json(response).path("events").asText()).isEqualTo(C + "/events");
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void aPostSentAgainWithItsKeyGoesOnBehindTheLastEvent() {
        // Given an answered request with a key, read up to its fourth event
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("Hello?", "Hi");
        String[] again = {"Idempotency-Key", "k-1", "Accept", "text/event-stream", "Last-Event-ID", ""};
        List<SseClient.Event> all = new SseClient(gateway.open(
                        gateway.postRequest(RESPONSES, BODY, "Idempotency-Key", "k-1", "Accept", "text/event-stream")))
                .rest();

        // When it is sent again from there, and from the end
        again[5] = all.get(3).id();
        List<SseClient.Event> rest = new SseClient(gateway.open(gateway.postRequest(RESPONSES, BODY, again))).rest();
        again[5] = all.getLast().id();
        HttpResponse<String> done = gateway.post(RESPONSES, BODY, again);

        // Then nothing comes twice, nothing is asked twice, and who has all of it need not come again
        assertThat(rest).isEqualTo(all.subList(4, all.size()));
        assertThat(done.statusCode()).isEqualTo(204);
        assertThat(gateway.commands.asked).hasSize(1);
    }

    @Test
    void aPostWithAKeyAndNonsenseForAnIdAsksNothing() {
        // When
        HttpResponse<String> response = gateway.post(
                RESPONSES, BODY, "Idempotency-Key", "k-1", "Accept", "text/event-stream", "Last-Event-ID", "nonsense");

        // Then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void toolResultsSentAgainGoOnBehindTheLastEvent() {
        // Given an answer that waits for a tool, its result brought, and what follows read up to the fourth event
        answer.prompted("Weather?");
        answer.begun();
        answer.calls("call-1", "{}", true).stopsForTools();
        gateway.tape.response("talk", answer.responseId()).ifPresent(gateway.history::store);
        gateway.commands.onAsk = request -> {
            if (gateway.tape.response("talk", request.getResponseId()).isEmpty()) {
                new Answering(gateway.tape, "talk", request.getResponseId()).whole("rain", "It", " rains");
            }
        };
        String results = C + "/tool-results";
        String body = "{\"response_id\":\"%s\",\"results\":[{\"tool_call_id\":\"call-1\",\"content\":\"rain\"}]}"
                .formatted(answer.responseId());
        List<SseClient.Event> all =
                new SseClient(gateway.open(gateway.postRequest(results, body, "Accept", "text/event-stream"))).rest();

        // When they are sent again from there, from the end, and with nonsense
        String[] again = {
            "Accept", "text/event-stream", "Last-Event-ID", all.get(3).id()
        };
        List<SseClient.Event> rest = new SseClient(gateway.open(gateway.postRequest(results, body, again))).rest();
        again[3] = all.getLast().id();
        HttpResponse<String> done = gateway.post(results, body, again);
        int handedOn = gateway.commands.asked.size();
        again[3] = "nonsense";
        HttpResponse<String> refused = gateway.post(results, body, again);

        // Then nothing comes twice, whoever has all need not come again, and nonsense hands nothing on
        assertThat(all).hasSize(7);
        assertThat(rest).isEqualTo(all.subList(4, all.size()));
        assertThat(done.statusCode()).isEqualTo(204);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(gateway.commands.asked).hasSize(handedOn);
    }
}
