package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may do what on a WebSocket, where tokens are checked with a secret. */
class SocketAuthTest {

    private static final String ID = "0198c7a2-1d5e-7cc3-9d53-000000000001";

    private final TestGateway gateway =
            new TestGateway(Tokens.VARIABLE, Tokens.SECRET, "gateway.auth.reauthenticate-before", "20s");

    @AfterEach
    void stop() {
        gateway.close();
    }

    private SocketClient socket(String token) {
        return new SocketClient(gateway.client, gateway.gateway.url(), "Authorization", "Bearer " + token);
    }

    @Test
    void aSocketIsOpenedByTokenSubProtocolOrTicket() {
        // When each of the three ways is gone
        String token = Tokens.of("ann", "read", "*");
        URI address = URI.create("ws://" + gateway.gateway.url().getAuthority() + "/v1/stream");
        SocketClient byHeader = socket(token);
        var bySubProtocol = gateway.client
                .newWebSocketBuilder()
                .subprotocols("tokentape.v1", "bearer." + token)
                .buildAsync(address, new java.net.http.WebSocket.Listener() {})
                .join();
        var byTicket = gateway.client
                .newWebSocketBuilder()
                .subprotocols("tokentape.v1")
                .buildAsync(
                        URI.create(address + "?ticket=" + Tokens.ticketFor(gateway, token)),
                        new java.net.http.WebSocket.Listener() {})
                .join();

        // Then all are open, and the token is not sent back
        assertThat(bySubProtocol.getSubprotocol()).isEqualTo("tokentape.v1");
        assertThat(byTicket.getSubprotocol()).isEqualTo("tokentape.v1");
        byHeader.close();
        bySubProtocol.abort();
        byTicket.abort();
        assertThatThrownBy(() -> new SocketClient(gateway.client, gateway.gateway.url()))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
    }

    @Test
    void eachMessageOnASocketNeedsItsScope() throws InterruptedException {
        try (SocketClient client = socket(Tokens.of("ann", "read", "chat-*"))) {
            // When a reader of some conversations says all there is to say
            List<String> replies = new ArrayList<>();
            for (String message : List.of(
                    "{\"type\":\"subscribe\",\"conversation_id\":\"chat-7\"}",
                    "{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}",
                    "{\"type\":\"ask\",\"conversation_id\":\"chat-7\",\"prompt\":\"Hello?\"}",
                    "{\"type\":\"tool_results\",\"conversation_id\":\"chat-7\",\"response_id\":\"" + ID
                            + "\",\"results\":[{\"tool_call_id\":\"c\",\"content\":\"x\"}]}",
                    "{\"type\":\"cancel\",\"conversation_id\":\"chat-7\",\"response_id\":\"" + ID + "\"}",
                    "{\"type\":\"delete\",\"conversation_id\":\"chat-7\"}")) {
                client.say(message);
                JsonNode reply = client.next();
                replies.add(reply.path("type").asText() + " "
                        + reply.path("problem").path("type").asText().replace("urn:tokentape:problem:", ""));
            }

            // Then only what the token allows is done
            assertThat(replies)
                    .containsExactly(
                            "subscribed ",
                            "refused conversation-not-allowed",
                            "refused scope-missing",
                            "refused scope-missing",
                            "refused scope-missing",
                            "refused scope-missing");
            assertThat(gateway.commands.asked).isEmpty();
            assertThat(gateway.commands.ordered).isEmpty();
        }
    }

    @Test
    void aSocketWhoseTokenEndsIsWarnedAndThenSentAway() throws Exception {
        try (SocketClient client = socket(Tokens.lasting(Duration.ofSeconds(3), "ann", "read", "*"))) {
            // When nothing is done about it
            JsonNode warning = client.next();

            // Then the socket is closed with a code to come back
            assertThat(warning.path("type").asText()).isEqualTo("reauthenticate");
            assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4002);
        }
    }

    @Test
    void aNewTokenKeepsTheSocketAndItsSubscriptions() throws InterruptedException {
        // Given a socket that reads two conversations and has been warned
        Instant soon = Instant.now().plusSeconds(3);
        try (SocketClient client = socket(Tokens.lasting(Duration.ofSeconds(3), "ann", "read", "*"))) {
            assertThat(client.next().path("type").asText()).isEqualTo("reauthenticate");
            client.say("{\"type\":\"subscribe\",\"conversation_id\":\"chat-7\"}");
            client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}");
            client.next();
            client.next();

            // When somebody else's token comes, and then a new one for one of the conversations
            client.say("{\"type\":\"authenticate\",\"ref\":\"1\",\"token\":\"%s\"}"
                    .formatted(Tokens.of("bob", "read", "*")));
            JsonNode refused = client.next();
            client.say("{\"type\":\"authenticate\",\"ref\":\"2\",\"token\":\"%s\"}"
                    .formatted(Tokens.of("ann", "read", "chat-*")));
            JsonNode authenticated = client.next();
            JsonNode unsubscribed = client.next();

            // Then the socket goes on past the first token's end, with what the new one allows
            assertThat(refused.path("problem").path("type").asText()).endsWith("other-subject");
            assertThat(authenticated.path("type").asText()).isEqualTo("authenticated");
            assertThat(Documents.faults("asyncapi.yaml#/components/messages/authenticated/payload", authenticated))
                    .isEmpty();
            assertThat(unsubscribed.path("conversation_id").asText()).isEqualTo("talk");
            assertThat(unsubscribed.path("reason").asText()).isEqualTo("not_allowed");
            assertThat(Documents.faults("asyncapi.yaml#/components/messages/unsubscribed/payload", unsubscribed))
                    .isEmpty();
            await().until(() -> Instant.now().isAfter(soon.plusMillis(500)));
            new Answering(gateway.tape, "chat-7", UUID.randomUUID().toString()).prompted("Hello?");
            assertThat(client.next().path("type").asText()).isEqualTo("user_message");
        }
    }

    @Test
    void aTokenThatIsNoneDoesNotCostTheSocket() throws InterruptedException {
        try (SocketClient client = socket(Tokens.of("ann", "read", "*"))) {
            // When one comes
            client.say("{\"type\":\"authenticate\",\"ref\":\"1\",\"token\":\"nonsense\"}");

            // Then it is refused, and the old one holds
            assertThat(client.next().path("problem").path("status").asInt()).isEqualTo(401);
            client.say("{\"type\":\"subscribe\",\"conversation_id\":\"talk\"}");
            assertThat(client.next().path("type").asText()).isEqualTo("subscribed");
        }
    }
}
