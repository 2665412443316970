package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketTest {

    private final TestGateway gateway = new TestGateway("gateway.max-subscriptions", "2");
    private final SocketClient client = new SocketClient(gateway.client, gateway.gateway.url());
    private final Answering answer =
            new Answering(gateway.tape, "talk", UUID.randomUUID().toString());

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    private JsonNode next() throws InterruptedException {
        JsonNode next = client.next();
        String type = next.path("type").asText();
        String described = "asyncapi.yaml#/components/messages/" + type + "/payload";
        boolean reply = Documents.ASYNCAPI.path("components").path("messages").has(type);
        assertThat(reply ? Documents.faults(described, next) : Documents.faultsOfEvent(next))
                .as(next.toString())
                .isEmpty();
        return next;
    }

    @Test
    void severalConversationsAreReadOnOneSocket() throws InterruptedException {
        // Given a socket that reads two
        client.say("{\"type\":\"subscribe\",\"ref\":\"1\",\"conversation_id\":\"talk\"}");
        client.say("{\"type\":\"subscribe\",\"ref\":\"2\",\"conversation_id\":\"chat\"}");
        assertThat(next().path("ref").asText()).isEqualTo("1");
        assertThat(next().path("ref").asText()).isEqualTo("2");

        // When something comes on each
        answer.prompted("Hello?");
        assertThat(next().path("conversation_id").asText()).isEqualTo("talk");
        new Answering(gateway.tape, "chat", UUID.randomUUID().toString()).prompted("Hi?");

        // Then both arrive
        assertThat(next().path("conversation_id").asText()).isEqualTo("chat");
    }

    @Test
    void anAnswerIsReadFromAnyCursorToItsEnd() throws InterruptedException {
        // Given an answer that has ended
        answer.whole("Hello?", "a", "b");

        for (int read = 0; read < 7; read++) {
            // When a client goes on after some of its events
            client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\",\"response_id\":\"%s\",\"after\":\"c%d\"}"
                    .formatted(answer.responseId(), read));
            assertThat(next().path("type").asText()).isEqualTo("subscribed");
            List<Integer> sequences = new ArrayList<>();
            JsonNode message = next();
            while (message.has("sequence")) {
                sequences.add(message.path("sequence").asInt());
                message = next();
            }

            // Then it gets exactly the rest, and then the word that nothing more comes
            assertThat(sequences).hasSize(7 - read);
            assertThat(sequences).isSorted().contains(6);
            assertThat(message.path("type").asText()).isEqualTo("unsubscribed");
            assertThat(message.path("reason").asText()).isEqualTo("ended");
        }
    }

    @Test
    void whoUnsubscribesGetsNoMore() throws InterruptedException {
        // Given a subscription that was given up
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}");
        next();
        client.say("{\"type\":\"unsubscribe\",\"ref\":\"u\",\"conversation_id\":\"talk\"}");
        assertThat(next().path("reason").asText()).isEqualTo("requested");

        // When something comes
        answer.prompted("Hello?");
        client.say("{\"type\":\"ping\",\"ref\":\"p\"}");

        // Then it does not arrive here
        assertThat(next().path("type").asText()).isEqualTo("pong");
        assertThat(gateway.tape.readers("talk")).isZero();
    }

    @Test
    void anAnswerIsAskedForAndCancelledOnTheSocket() throws InterruptedException {
        // When a client asks
        client.say("{\"type\":\"ask\",\"ref\":\"a\",\"conversation_id\":\"talk\",\"idempotency_key\":\"k\","
                + "\"prompt\":\"Hello?\",\"max_tokens\":5}");
        JsonNode accepted = next();
        String responseId = accepted.path("response_id").asText();
        client.say("{\"type\":\"cancel\",\"ref\":\"x\",\"conversation_id\":\"talk\",\"response_id\":\"%s\"}"
                .formatted(responseId));
        JsonNode cancelling = next();

        // Then ask and order are on their way
        assertThat(accepted.path("ref").asText()).isEqualTo("a");
        assertThat(gateway.commands.asked.getFirst().getMaxTokens()).isEqualTo(5);
        assertThat(gateway.commands.asked.getFirst().getIdempotencyKey()).isEqualTo("k");
        assertThat(cancelling.path("status").asText()).isEqualTo("cancelling");
        assertThat(gateway.commands.ordered.getFirst().getResponseId()).isEqualTo(responseId);
    }

    @Test
    void aConversationIsDeletedOnTheSocket() throws InterruptedException {
        // When
        client.say("{\"type\":\"delete\",\"ref\":\"d\",\"conversation_id\":\"talk\"}");

        // Then
        JsonNode deleting = next();
        assertThat(deleting.path("type").asText()).isEqualTo("deleting");
        assertThat(gateway.commands.ordered.getFirst().getResponseId())
                .isEqualTo(deleting.path("deletion_id").asText());
    }

    @Test
    void whatCannotBeDoneIsRefusedAndTheSocketStays() throws InterruptedException {
        // When messages come that cannot be carried out
        List<String> refused = new ArrayList<>();
        for (String message : List.of(
                "{\"type\":\"dance\",\"ref\":\"1\"}",
                "{\"type\":\"subscribe\",\"ref\":\"2\"}",
                "{\"type\":\"subscribe\",\"ref\":\"3\",\"conversation_id\":\"talk\",\"after\":\"nonsense\"}",
                "{\"type\":\"unsubscribe\",\"ref\":\"4\",\"conversation_id\":\"talk\"}",
                "{\"type\":\"ask\",\"ref\":\"5\",\"conversation_id\":\"talk\",\"promt\":\"Hello?\"}",
                "{\"type\":\"cancel\",\"ref\":\"6\",\"conversation_id\":\"talk\",\"response_id\":\"" + UUID.randomUUID()
                        + "\"}",
                "{\"type\":\"ping\",\"ref\":\"7\",\"more\":1}")) {
            client.say(message);
            JsonNode reply = next();
            assertThat(reply.path("type").asText()).isEqualTo("refused");
            refused.add(reply.path("ref").asText() + " "
                    + reply.path("problem").path("type").asText().replace("urn:tokentape:problem:", ""));
        }

        // Then each is told why
        assertThat(refused)
                .containsExactly(
                        "1 unknown-message",
                        "2 invalid-parameter",
                        "3 invalid-cursor",
                        "4 not-subscribed",
                        "5 invalid-request",
                        "6 response-not-found",
                        "7 invalid-request");
    }

    @Test
    void aSocketReadsOnlyAsMuchAsItMay() throws InterruptedException {
        // Given as many subscriptions as are allowed
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"a\"}");
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"b\"}");
        next();
        next();

        // When there are more, or the same again
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"c\"}");
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"a\"}");

        // Then they are refused
        assertThat(next().path("problem").path("type").asText()).endsWith("too-many-subscriptions");
        assertThat(next().path("problem").path("type").asText()).endsWith("already-subscribed");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedAndTheSocketStays() throws InterruptedException {
        // When text comes that is no JSON, JSON that is no object, and an object that says nothing
        List<String> refused = new ArrayList<>();
        for (String message : List.of("hello", "[]", "{}", "{\"type\":7}")) {
            client.say(message);
            JsonNode reply = next();
            assertThat(reply.path("type").asText()).isEqualTo("refused");
            refused.add(reply.path("problem").path("type").asText().replace("urn:tokentape:problem:", ""));
        }
        client.say("{\"type\":\"ping\",\"ref\":\"p\"}");

        // Then each is told why, and what comes after is answered
        assertThat(refused).containsExactly("malformed-json", "invalid-request", "invalid-request", "invalid-request");
        assertThat(next().path("type").asText()).isEqualTo("pong");
    }

    @Test
    void anAnswerThatNobodyKnowsIsWaitedForAWhileAndThenRefused() throws InterruptedException {
        // When a client subscribes to an answer that there is not
        client.say("{\"type\":\"subscribe\",\"ref\":\"s\",\"conversation_id\":\"talk\",\"response_id\":\"%s\"}"
                .formatted(UUID.randomUUID()));
        JsonNode subscribed = next();
        JsonNode refused = next();

        // Then in the end it is told so, and its reader is gone
        assertThat(subscribed.path("type").asText()).isEqualTo("subscribed");
        assertThat(refused.path("type").asText()).isEqualTo("refused");
        assertThat(refused.path("ref").asText()).isEqualTo("s");
        assertThat(refused.path("problem").path("status").asInt()).isEqualTo(404);
        assertThat(gateway.tape.readers("talk")).isZero();
    }

    @Test
    void anAnswerThatAppearsWhileItIsWaitedForIsSent() throws InterruptedException {
        // Given a subscription that came before its answer
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\",\"response_id\":\"%s\"}"
                .formatted(answer.responseId()));
        next();

        // When the answer begins
        answer.prompted("Hello?");
        answer.begun();

        // Then it comes
        assertThat(next().path("type").asText()).isEqualTo("user_message");
        assertThat(next().path("type").asText()).isEqualTo("message_start");
    }

    @Test
    void aGatewayThatClosesTellsSocketsToComeBack() throws Exception {
        // Given a subscription
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}");
        next();

        // When the gateway closes
        gateway.gateway.close();

        // Then the code says: come back
        assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4000);
        assertThat(gateway.tape.readers("talk")).isZero();
    }

    @Test
    void aClosedSocketLeavesNoReader() throws InterruptedException {
        // Given a subscription
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}");
        next();

        // When the client says good-bye
        client.socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();

        // Then it is answered, and nothing is left
        assertThat(client.closed.join()).isEqualTo(1000);
        await().until(() -> gateway.tape.readers("talk") == 0);
    }

    @Test
    void aPageOfElsewhereCannotOpenASocket() {
        // When one tries
        assertThatThrownBy(() ->
                        new SocketClient(gateway.client, gateway.gateway.url(), "Origin", "https://evil.example.org"))
                // Then the handshake is refused
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }

    @Test
    void theSubProtocolIsRequired() {
        // When a client names none
        var handshake = gateway.client
                .newWebSocketBuilder()
                .buildAsync(
                        java.net.URI.create("ws://" + gateway.gateway.url().getAuthority() + "/v1/stream"),
                        new WebSocket.Listener() {});

        // Then the handshake is refused
        assertThatThrownBy(handshake::join)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
    }

    @Test
    void aLateJoinerGetsASnapshotUnlessItHasACursor() throws InterruptedException {
        // Given an answer that runs
        answer.prompted("Hello?");
        answer.begun();

        // When it is subscribed to with a snapshot
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\",\"snapshot\":true}");

        // Then that comes first, its last frame with an id
        assertThat(next().path("type").asText()).isEqualTo("subscribed");
        assertThat(next().path("more").asBoolean()).isTrue();
        String cursor = next().path("id").asText();
        assertThat(cursor).isNotEmpty();

        // And who comes back with that id gets no other
        client.say("{\"type\":\"unsubscribe\",\"conversation_id\":\"talk\"}");
        assertThat(next().path("type").asText()).isEqualTo("unsubscribed");
        answer.says("Hi");
        client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\",\"snapshot\":true,\"after\":\"%s\"}"
                .formatted(cursor));
        assertThat(next().path("type").asText()).isEqualTo("subscribed");
        assertThat(next().path("type").asText()).isEqualTo("content_block_delta");
    }
}
