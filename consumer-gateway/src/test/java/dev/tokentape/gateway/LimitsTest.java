package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What one client may take of the gateway, and how it is told that there is no more. */
class LimitsTest {

    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @Test
    void oneAddressHasOnlySoManyConnections() throws IOException {
        try (TestGateway gateway = new TestGateway("gateway.max-connections-per-address", "2");
                RawConnection first = new RawConnection(gateway.port())) {
            // Given an address with as many as it may have
            first.send(HEALTH);
            first.answer();
            RawConnection second = new RawConnection(gateway.port());
            second.send(HEALTH);
            second.answer();

            // When it opens another, and another after one has gone
            String refused;
            try (RawConnection third = new RawConnection(gateway.port())) {
                third.send(HEALTH);
                refused = third.answer();
            }
            second.close();
            String served = await().until(() -> answerToAnother(gateway), answer -> answer.startsWith("HTTP/1.1 200"));

            // Then it is refused with the limit's name, and served when there is a place again
            assertThat(refused)
                    .startsWith("HTTP/1.1 429")
                    .contains("too-many-connections")
                    .contains("gateway.max-connections-per-address");
            assertThat(served).startsWith("HTTP/1.1 200");
        }
    }

    /** Until the gateway has noticed that others are gone, another may be closed without a word. */
    private static String answerToAnother(TestGateway gateway) {
        try (RawConnection another = new RawConnection(gateway.port())) {
            another.send(HEALTH);
            return another.answer();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void oneClientMayAskOnlySoOften() throws InterruptedException {
        try (TestGateway gateway = new TestGateway("gateway.asks-per-minute", "3");
                SocketClient socket = new SocketClient(gateway.client, gateway.gateway.url())) {
            // Given a client that has asked for as much as a minute allows, by post and on a socket
            for (int i = 0; i < 2; i++) {
                gateway.post("/v1/conversations/c/responses", "{\"prompt\":\"Hello?\"}");
            }
            socket.say("{\"type\":\"ask\",\"conversation_id\":\"c\",\"prompt\":\"Hello?\"}");
            assertThat(socket.next().path("type").asText()).isEqualTo("accepted");

            // When it asks again, either way
            HttpResponse<String> posted = gateway.post("/v1/conversations/c/responses", "{\"prompt\":\"Hello?\"}");
            socket.say("{\"type\":\"ask\",\"conversation_id\":\"c\",\"prompt\":\"Hello?\"}");
            JsonNode said = socket.next();

            // Then it is told when to come back, and nothing is asked
            assertThat(posted.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            posted.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(1, 20);
            assertThat(json(posted).path("type").asText()).isEqualTo("urn:tokentape:problem:too-many-asks");
            assertThat(said.path("problem").path("status").asInt()).isEqualTo(429);
            assertThat(gateway.commands.asked).hasSize(3);
        }
    }

    @Test
    void subjectsAreCountedApartThoughTheyShareAnAddress() {
        try (TestGateway gateway = new TestGateway("gateway.asks-per-minute", "1", Tokens.VARIABLE, Tokens.SECRET)) {
            // When two ask, one of them twice
            List<Integer> statuses = new ArrayList<>();
            for (String subject : List.of("ann", "bob", "ann")) {
                statuses.add(gateway.post(
                                "/v1/conversations/c/responses",
                                "{\"prompt\":\"Hello?\"}",
                                "Authorization",
                                "Bearer " + Tokens.of(subject, "ask", "*"))
                        .statusCode());
            }

            // Then only that one has asked too much
            assertThat(statuses).containsExactly(202, 202, 429);
        }
    }

    @Test
    void aHeadThatDripsInIsNotWaitedFor() throws IOException {
        try (TestGateway gateway = new TestGateway("gateway.header-timeout", "300ms");
                RawConnection slow = new RawConnection(gateway.port())) {
            // When a head comes header by header, each before one could lose patience with the silence
            slow.send("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            slow.socket.setSoTimeout(50);
            ByteCollector answer = new ByteCollector();
            for (int i = 0; i < 400 && !answer.ended(); i++) {
                answer.readSome(slow, "X-Slow: " + i + "\r\n");
            }

            // Then the client is told that this takes too long
            assertThat(answer.text()).startsWith("HTTP/1.1 408").contains("request-timeout");
        }
    }

    /** Reads what comes while something is sent again and again. */
    private static final class ByteCollector {
        private final StringBuilder text = new StringBuilder();
        private boolean ended;

        void readSome(RawConnection connection, String meanwhile) {
            try {
                int next = connection.readByte();
                while (next >= 0) {
                    text.append((char) next);
                    next = connection.readByte();
                }
                ended = true;
            } catch (java.net.SocketTimeoutException _) {
                try {
                    connection.send(meanwhile);
                } catch (IOException _) {
                    ended = true;
                }
            } catch (IOException _) {
                ended = true;
            }
        }

        boolean ended() {
            return ended;
        }

        String text() {
            return text.toString();
        }
    }

    @Test
    void aConnectionThatWaitsSilentlyMayWaitLonger() throws IOException {
        try (TestGateway gateway = new TestGateway("gateway.header-timeout", "200ms");
                RawConnection patient = new RawConnection(gateway.port())) {
            // Given a connection that was served and then silent for longer than a head may take
            patient.send(HEALTH);
            patient.answer();
            patient.socket.setSoTimeout(600);
            try {
                assertThat(patient.readByte()).isEqualTo(-1);
            } catch (java.net.SocketTimeoutException _) {
                // Nothing came, as it should be.
            }

            // When it goes on
            patient.socket.setSoTimeout(20_000);
            patient.send(HEALTH);

            // Then it is served
            assertThat(patient.answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aMessageOnASocketIsOnlySoLarge() throws Exception {
        try (TestGateway gateway = new TestGateway("gateway.max-message-bytes", "2000");
                SocketClient socket = new SocketClient(gateway.client, gateway.gateway.url())) {
            // When one message fits and another does not
            socket.say("{\"type\":\"ask\",\"conversation_id\":\"c\",\"prompt\":\"" + "x".repeat(1_900) + "\"}");
            assertThat(socket.next().path("type").asText()).isEqualTo("accepted");
            socket.say("{\"type\":\"ask\",\"conversation_id\":\"c\",\"prompt\":\"" + "x".repeat(2_000) + "\"}");

            // Then the socket is closed with the code for it
            assertThat(socket.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1009);
        }
    }

    @Test
    void aFloodOfSubscriptionsIsRefusedOneByOne() throws InterruptedException {
        try (TestGateway gateway = new TestGateway("gateway.max-subscriptions", "5");
                SocketClient socket = new SocketClient(gateway.client, gateway.gateway.url())) {
            // When a client subscribes to far more than it may
            for (int i = 0; i < 500; i++) {
                socket.say("{\"type\":\"subscribe\",\"conversation_id\":\"c" + i + "\"}");
            }
            int subscribed = 0;
            int refused = 0;
            for (int i = 0; i < 500; i++) {
                switch (socket.next().path("type").asText()) {
                    case "subscribed" -> subscribed++;
                    case "refused" -> refused++;
                    default -> throw new AssertionError("neither subscribed nor refused");
                }
            }

            // Then it has what it may have, each of the others is refused, and the socket stays
            assertThat(subscribed).isEqualTo(5);
            assertThat(refused).isEqualTo(495);
            socket.say("{\"type\":\"ping\"}");
            assertThat(socket.next().path("type").asText()).isEqualTo("pong");
        }
    }

    @Test
    void aGiantHeaderIsRefusedAndItsConnectionClosed() throws IOException {
        try (TestGateway gateway = new TestGateway();
                RawConnection giant = new RawConnection(gateway.port())) {
            // When a head never ends
            giant.send(("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Giant: " + "x".repeat(40_000)).getBytes(UTF_8));

            // Then it is cut off with the limit's name
            assertThat(new String(giant.rest(), UTF_8))
                    .startsWith("HTTP/1.1 431")
                    .contains("headers-too-large");
        }
    }
}
