package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventPagesTest {

    private static final String C = "/v1/conversations/talk";

    private final TestGateway gateway = new TestGateway();
    private final Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> page(String path) {
        return gateway.send(
                gateway.request(path).header("Accept", "application/json").build());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void pageByPageItIsTheWholeAnswerEachEventOnce(int limit) {
        // Given a whole answer
        answer.whole("Hello?", "a", "b", "c");
        String events = C + "/responses/" + answer.responseId() + "/events";

        // When it is read page by page, each after the one before
        List<Integer> sequences = new ArrayList<>();
        String after = "start";
        JsonNode page;
        do {
            HttpResponse<String> response = page(events + "?limit=" + limit + "&after=" + after);
            page = json(response);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(Documents.faults("#/components/schemas/EventPage", page)).isEmpty();
            assertThat(page.path("events")).hasSizeLessThanOrEqualTo(limit);
            page.path("events")
                    .forEach(event -> sequences.add(event.path("sequence").asInt()));
            after = page.path("next").asText();
        } while (!page.path("events").isEmpty());

        // Then all of it came, in order, and nothing twice
        assertThat(sequences).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void whoWaitsGetsTheFirstThatComes() {
        // Given a client that waits at the conversation's end
        String next = json(page(C + "/events")).path("next").asText();
        var waiting = gateway.client.sendAsync(
                gateway.request(C + "/events?wait=20&after=" + next)
                        .header("Accept", "application/json")
                        .build(),
                BodyHandlers.ofString());
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When something comes
        answer.prompted("Hello?");

        // Then it gets it
        JsonNode page = json(waiting.join());
        assertThat(page.path("events").findValuesAsText("type")).containsExactly("user_message");
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "&limit=3, ''", "'', /responses/{r}"})
    void whoLingersGetsWhatComesAfterTheFirstInTheSamePage(String limit, String of) {
        // Given a client that waits, and lingers, for longer than the answer takes
        String events = C + of.replace("{r}", answer.responseId()) + "/events";
        answer.prompted("Hello?");
        String next = json(page(events)).path("next").asText();
        var waiting = gateway.client.sendAsync(
                gateway.request(events + "?wait=20&linger=10000&after=" + next + limit)
                        .header("Accept", "application/json")
                        .build(),
                BodyHandlers.ofString());
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When events come one by one, and the page is full or the answer ends
        answer.begun();
        answer.says("a");
        answer.says("b");
        answer.ends();

        // Then they are in one page, which is there at once
        JsonNode page = json(waiting.join());
        assertThat(page.path("events")).hasSize(limit.isEmpty() ? 6 : 3);
    }

    @Test
    void whoLingersWaitsNoLongerThanThat() {
        // Given a client that waits for long, and lingers for a moment
        var waiting = gateway.client.sendAsync(
                gateway.request(C + "/events?wait=20&linger=50")
                        .header("Accept", "application/json")
                        .build(),
                BodyHandlers.ofString());
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When one event comes, and no other
        answer.prompted("Hello?");

        // Then it gets that one
        assertThat(json(waiting.join()).path("events")).hasSize(1);
    }

    @Test
    void whoWaitsInVainGetsAnEmptyPageAndTheSamePlace() {
        // Given a conversation's end
        answer.prompted("Hello?");
        String next = json(page(C + "/events")).path("next").asText();

        // When nothing comes within the time
        JsonNode page = json(page(C + "/events?wait=1&after=" + next));

        // Then the page is empty, and the place is the same
        assertThat(page.path("events")).isEmpty();
        assertThat(page.path("next").asText()).isEqualTo(next);
    }

    @Test
    void anAnswerThatNobodyKnowsIsNotFound() {
        // When pages of one are asked for
        HttpResponse<String> response = page(C + "/responses/" + UUID.randomUUID() + "/events");

        // Then it is waited for a while, and then not found
        assertThat(response.statusCode()).isEqualTo(404);
    }

    @Test
    void aClientThatLeavesWhileItWaitsIsForgotten() {
        // Given one that waits
        var waiting = gateway.client.sendAsync(
                gateway.request(C + "/events?wait=60")
                        .header("Accept", "application/json")
                        .build(),
                BodyHandlers.ofString());
        await().until(() -> gateway.tape.readers("talk") == 1);

        // When it goes
        waiting.cancel(true);

        // Then nothing of it is left
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "text/event-stream, text/event-stream",
        "'application/json, text/event-stream', text/event-stream",
        "*/*, text/event-stream",
        "'text/html, */*;q=0.8', text/event-stream",
        "application/json, application/json",
        "'application/json, text/plain, */*', application/json",
        "application/*, application/json"
    })
    void theClientSaysWhatItWants(String accept, String type) {
        // Given an answer that has ended
        answer.whole("Hello?", "Hi");

        // When it is asked for
        HttpResponse<String> response =
                gateway.send(gateway.request(C + "/responses/" + answer.responseId() + "/events")
                        .header("Accept", accept)
                        .build());

        // Then it comes as wanted
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
    }

    @ParameterizedTest
    @CsvSource({
        "/events, application/xml, 406, not-acceptable",
        "/events?limit=0, application/json, 400, invalid-parameter",
        "/events?limit=1001, application/json, 400, invalid-parameter",
        "/events?wait=61, application/json, 400, invalid-parameter",
        "/events?wait=-1, application/json, 400, invalid-parameter",
        "/events?linger=10001, application/json, 400, invalid-parameter",
        "/events?linger=5, text/event-stream, 400, invalid-parameter",
        "/events?nonce=1, application/json, 400, invalid-parameter",
        "/events?after=nonsense, application/json, 400, invalid-cursor",
        "/events?limit=5, text/event-stream, 400, invalid-parameter"
    })
    void whatCannotBeHadIsRefused(String path, String accept, int status, String problem) {
        // When it is asked for
        HttpResponse<String> response =
                gateway.send(gateway.request(C + path).header("Accept", accept).build());

        // Then the client is told why
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:" + problem);
    }
}
