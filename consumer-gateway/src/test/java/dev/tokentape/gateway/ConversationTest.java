package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConversationTest {

    private static final String C = "/v1/conversations/talk";

    private final TestGateway gateway = new TestGateway();
    private final Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
    private final String address = C + "/responses/" + answer.responseId();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void store() {
        gateway.tape.response("talk", answer.responseId()).ifPresent(gateway.history::store);
    }

    @Test
    void aConversationIsItsTurnsItsOpenAnswersAndACursor() {
        // Given a finished turn, which the tape still calls open too, and a running answer
        answer.prompted("One?");
        store();
        Answering running =
                new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
        String cursor = running.prompted("Two?");

        // When the conversation is asked for
        JsonNode conversation = json(gateway.get(C));

        // Then each answer is there once
        assertThat(conversation.path("turns").findValuesAsText("response_id")).containsExactly(answer.responseId());
        assertThat(conversation.path("open").findValuesAsText("response_id")).containsExactly(running.responseId());
        assertThat(conversation.path("cursor").asText()).isEqualTo(cursor);
    }

    @Test
    void anUnknownConversationIsAnEmptyOne() {
        // When it is asked for
        JsonNode conversation = json(gateway.get("/v1/conversations/nobody:was@here~1"));

        // Then there is nothing in it
        assertThat(conversation.path("turns")).isEmpty();
        assertThat(conversation.path("open")).isEmpty();
    }

    @Test
    void aRunningAnswerIsReadFromTheTape() {
        // Given a running answer, and a processor that is away
        answer.prompted("One?");
        answer.begun();
        answer.says("Hal");
        gateway.history.away = true;

        // When it is asked for
        HttpResponse<String> response = gateway.get(address);

        // Then it is there as far as it has come
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("text").asText()).isEqualTo("Hal");
        assertThat(json(response).path("status").asText()).isEqualTo("running");
    }

    @Test
    void anEndedAnswerThatTheTapeForgotIsReadFromTheProcessor() {
        // Given an answer that only the processor has
        Answering elsewhere = new Answering(new FakeTape(), "talk", answer.responseId());
        elsewhere.prompted("One?");
        FakeTape other = new FakeTape();
        new Answering(other, "talk", answer.responseId()).whole("One?", "Done");
        other.response("talk", answer.responseId()).ifPresent(gateway.history::store);

        // When it is asked for
        HttpResponse<String> response = gateway.get(address);

        // Then it is there
        assertThat(json(response).path("text").asText()).isEqualTo("Done");
        assertThat(json(response).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void anAnswerJustAskedForIsQueued() {
        // Given an ask whose answer has not begun
        String asked = json(gateway.post(C + "/responses", "{\"prompt\":\"Hello?\"}"))
                .path("response_id")
                .asText();

        // When the answer is asked for
        JsonNode response = json(gateway.get(C + "/responses/" + asked));

        // Then it is known as queued
        assertThat(response.path("status").asText()).isEqualTo("queued");
        assertThat(response.path("provider").asText()).isEqualTo("openai");
    }

    @Test
    void anAnswerThatNobodyKnowsIsNotFound() {
        // When it is asked for
        HttpResponse<String> response = gateway.get(address);

        // Then it is not found
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("detail").asText()).contains(answer.responseId());
    }

    @Test
    void whenTheProcessorIsAwayThatIsSaidAndNotThatThereIsNothing() {
        // Given no processor
        gateway.history.away = true;

        // When what only it could know is asked for
        HttpResponse<String> conversation = gateway.get(C);
        HttpResponse<String> response = gateway.get(address);

        // Then the client is told to come back
        assertThat(conversation.statusCode()).isEqualTo(503);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aRunningAnswerIsOrderedToStop() {
        // Given a running answer
        answer.prompted("One?");

        // When it is cancelled
        HttpResponse<String> response = gateway.post(address + "/cancel", "");

        // Then the order is on its way
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(json(response).path("status").asText()).isEqualTo("cancelling");
        assertThat(gateway.commands.ordered.getFirst().getResponseId()).isEqualTo(answer.responseId());
        assertThat(gateway.commands.ordered.getFirst().getReason()).isEqualTo("client_request");
    }

    @Test
    void aConversationIsOrderedToBeDeleted() {
        // Given
        answer.whole("One?", "Done");

        // When
        HttpResponse<String> response = gateway.send(gateway.request(C).DELETE().build());

        // Then the order is on its way, under the id by which its event will be known
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(gateway.commands.ordered).singleElement().satisfies(order -> {
            assertThat(order.getType()).isEqualTo(ControlType.DELETE);
            assertThat(order.getConversationId()).isEqualTo("talk");
            assertThat(order.getResponseId())
                    .isEqualTo(json(response).path("deletion_id").asText());
        });
        assertThat(json(response).path("cursor").asText()).isEqualTo(gateway.tape.cursorOf("talk"));
    }

    @Test
    void aQuestionThatWasDeletedIsNotQueuedAnyMoreAndItsKeyIsUsedUp() {
        // Given a question that was asked here, and then deleted
        HttpResponse<String> asked = gateway.post(C + "/responses", "{\"prompt\":\"One?\"}", "Idempotency-Key", "k");
        String responseId = json(asked).path("response_id").asText();
        gateway.tape.append(new TokenEvent.ConversationDeleted(
                Envelope.ofSystem("talk", "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e99", 0, 1)));

        // When it is looked for, and asked again
        HttpResponse<String> found = gateway.get(C + "/responses/" + responseId);
        HttpResponse<String> again = gateway.post(C + "/responses", "{\"prompt\":\"One?\"}", "Idempotency-Key", "k");

        // Then
        assertThat(found.statusCode()).isEqualTo(404);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(json(again).path("type").asText()).isEqualTo("urn:tokentape:problem:answer-deleted");
    }

    @Test
    void cancellingAnEndedAnswerSaysHowItEnded() {
        // Given an ended answer
        answer.whole("One?", "Done");
        store();

        // When it is cancelled
        HttpResponse<String> response = gateway.post(address + "/cancel", "");

        // Then nothing is ordered
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("status").asText()).isEqualTo("completed");
        assertThat(gateway.commands.ordered).isEmpty();
    }

    @Test
    void cancellingWhatNobodyKnowsIsNotFound() {
        // When something unknown is cancelled
        HttpResponse<String> response = gateway.post(address + "/cancel", "");

        // Then it is not found
        assertThat(response.statusCode()).isEqualTo(404);
    }

    @Test
    void aCancelGoesOutThoughTheProcessorCannotSayWhetherThereIsSuchAnAnswer() {
        // Given no processor
        gateway.history.away = true;

        // When an answer is cancelled that only it could know
        HttpResponse<String> response = gateway.post(address + "/cancel", "");

        // Then the order goes out, since it does no harm
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(gateway.commands.ordered).hasSize(1);
    }
}
