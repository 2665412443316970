package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request that is sent again under its key. */
class RepeatedAskTest {

    private static final String RESPONSES = "/v1/conversations/talk/responses";

    private final TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aRepeatedPostIsTheSameAnswerAgain() {
        // Given an answered request with a key
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("Hello?", "Hi");
        String first = json(gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1"))
                .path("response_id")
                .asText();

        // When it is sent again, as a stream
        SseClient again = new SseClient(gateway.open(gateway.postRequest(
                RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1", "Accept", "text/event-stream")));

        // Then the same answer is replayed from its start, and nothing was asked twice
        assertThat(again.rest())
                .hasSize(6)
                .allSatisfy(event ->
                        assertThat(event.json().path("response_id").asText()).isEqualTo(first));
        assertThat(gateway.commands.asked).hasSize(1);
        assertThat(UUID.fromString(first).version()).isEqualTo(8);
    }

    @Test
    void aRepeatIsToldHowItsAnswerStands() {
        // Given a request with a key, whose answer runs, and one whose answer has ended
        String first = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1")
                .body();
        Answering running = new Answering(
                gateway.tape, "talk", json(first).path("response_id").asText());
        running.prompted("Hello?");
        running.begun();
        HttpResponse<String> whileItRuns = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");
        running.ends();
        gateway.tape.response("talk", running.responseId()).ifPresent(gateway.history::store);

        // When the request comes again, here and at a gateway that has not seen the first
        HttpResponse<String> here = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");
        HttpResponse<String> elsewhere;
        try (TestGateway other = new TestGateway()) {
            other.history.stored.addAll(gateway.history.stored);
            elsewhere = other.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");
        }

        // Then each time it is told how the answer stands
        assertThat(json(first).path("status").asText()).isEqualTo("queued");
        assertThat(json(whileItRuns).path("status").asText()).isEqualTo("running");
        assertThat(json(here).path("status").asText()).isEqualTo("completed");
        assertThat(json(elsewhere).path("status").asText()).isEqualTo("completed");
        assertThat(Documents.faults("#/components/schemas/Accepted", json(here)))
                .isEmpty();
    }

    @Test
    void aRepeatIsTakenInThoughTheProcessorIsAway() {
        // Given no processor
        gateway.history.away = true;

        // When a request with a key comes
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");

        // Then it is taken in all the same
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(json(response).path("status").asText()).isEqualTo("queued");
    }

    @Test
    void aKeyMeansTheSameAnswerAtEveryGateway() {
        try (TestGateway other = new TestGateway()) {
            // When the same request with the same key goes to two gateways
            String here = json(gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1"))
                    .path("response_id")
                    .asText();
            String there = json(other.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1"))
                    .path("response_id")
                    .asText();

            // Then it is one answer; the processor drops the second ask
            assertThat(there).isEqualTo(here);
        }
    }

    @Test
    void aKeyForAnotherBodyIsRefused() {
        // Given a request with a key
        gateway.post(RESPONSES, "{\"prompt\":\"Hello?\"}", "Idempotency-Key", "k-1");

        // When the key comes with another body
        HttpResponse<String> response = gateway.post(RESPONSES, "{\"prompt\":\"Bye?\"}", "Idempotency-Key", "k-1");

        // Then it is refused
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:idempotency-key-reused");
    }
}
