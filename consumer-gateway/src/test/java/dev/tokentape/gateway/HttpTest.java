package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tokentape.gateway.http.BindFailedException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest {

    private static final String HOST = "Host: localhost\r\n";

    private final TestGateway gateway = new TestGateway("gateway.idle-timeout", "1s");

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void requestsSentAheadAreAnsweredInOrderOnOneConnection() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When three are sent in one go, the middle one with a body and an answer from another thread
            String body = "{\"prompt\":\"" + "x".repeat(20_000) + "\"}";
            connection.send("GET /health HTTP/1.1\r\n" + HOST + "\r\n"
                    + "POST /v1/conversations/c/responses HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body
                    + "GET /nowhere HTTP/1.1\r\n" + HOST + "\r\n");

            // Then three answers come, in that order
            assertThat(connection.answer()).startsWith("HTTP/1.1 200").contains("\"up\"");
            assertThat(connection.answer()).startsWith("HTTP/1.1 202");
            assertThat(connection.answer()).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void aConnectionIsClosedWhereTheClientSaysSo() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When the client wants no further answer
            connection.send("GET /health HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

            // Then the connection ends with this one
            assertThat(new String(connection.rest(), StandardCharsets.UTF_8)).containsIgnoringCase("connection: close");
        }
    }

    @Test
    void aConnectionThatSendsNothingIsClosed() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When nothing comes, then the gateway does not wait for ever
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void aHeadThatDoesNotComeIsNotWaitedForForEver() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When only a piece of a head comes
            connection.send("GET /health HTT");

            // Then the client is told
            assertThat(new String(connection.rest(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForForEver() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When only a piece of a body comes
            connection.send("POST /v1/conversations/c/responses HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");

            // Then the client is told
            assertThat(new String(connection.rest(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void aClientMayAskWhetherItsBodyIsWelcome() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When it does
            connection.send("POST /v1/conversations/c/responses HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n");

            // Then it is told to go on, and its body is taken
            assertThat(connection.answer()).startsWith("HTTP/1.1 100");
            connection.send("{\"prompt\":\"a\"}");
            assertThat(connection.answer()).startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void aBodyInChunksIsTaken() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When the body comes in chunks
            connection.send("POST /v1/conversations/c/responses HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\n{\"pro\r\n9\r\nmpt\":\"a\"}\r\n0\r\n\r\n");

            // Then it is put together
            assertThat(connection.answer()).startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void anOldClientGetsEventsWithoutChunks() throws IOException {
        // Given an answer
        String id = java.util.UUID.randomUUID().toString();
        new Answering(gateway.tape, "c", id).whole("Hello?", "Hi");
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When a client of HTTP/1.0 reads it
            connection.send("GET /v1/conversations/c/responses/" + id + "/events HTTP/1.0\r\n" + HOST + "\r\n");

            // Then it gets the lines as they are, and the end is the connection's
            String all = new String(connection.rest(), StandardCharsets.UTF_8);
            assertThat(all)
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .contains("\r\n\r\nretry: 1000\nid: c0\n\nid: c1\ndata: {");
        }
    }

    @ParameterizedTest
    @CsvSource({"9000, 0, 414", "10, 20000, 431"})
    void whatIsTooLongIsRefused(int path, int header, int status) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When the address or the headers are
            connection.send(
                    "GET /" + "x".repeat(path) + " HTTP/1.1\r\n" + HOST + "X-Much: " + "y".repeat(header) + "\r\n\r\n");

            // Then the status says which
            assertThat(connection.answer()).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE\r\n\r\n", "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"})
    void whatIsNoHttpIsRefused(String bytes) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When something else comes
            connection.send(bytes);

            // Then it is refused and the connection closed
            assertThat(new String(connection.rest(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void anUnknownAddressIsNotFound() {
        // When nothing is there
        HttpResponse<String> response = gateway.get("/v2/whatever");

        // Then that is said
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:not-found");
    }

    @Test
    void aWrongMethodIsToldTheRightOnes() {
        // When an address is asked in a way it does not know
        HttpResponse<String> response = gateway.send(
                gateway.request("/v1/conversations/c/responses").DELETE().build());

        // Then it says which it knows
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("OPTIONS, POST");
    }

    @Test
    void headIsGetWithoutTheBody() {
        // When only the head is asked for
        HttpResponse<String> response = gateway.send(gateway.request("/health")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());

        // Then there is no body
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a%2Fb", "%C3%A4", ""})
    void aConversationIdThatCannotBeIsRefused(String id) {
        // When it is used
        HttpResponse<String> response = gateway.get("/v1/conversations/" + id);

        // Then the answer says what an id is
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("parameter").asText()).isEqualTo("conversation_id");
    }

    @Test
    void thePageComesWithAStrictPolicy() {
        // When the page is asked for
        HttpResponse<String> page = gateway.get("/");

        // Then no inline script may run in it, and asking again costs nothing
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("script-src 'self'")
                .doesNotContain("unsafe-inline");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        assertThat(gateway.send(gateway.request("/")
                                .header("If-None-Match", tag)
                                .build())
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void readinessIsTheTapes() {
        // Given a tape that is still reading back
        gateway.tape.ready = false;

        // When readiness is asked for
        HttpResponse<String> response = gateway.get("/ready");

        // Then it is not ready, though alive
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
        assertThat(gateway.gateway.ready()).isFalse();
    }

    @Test
    void figuresAreThereForPrometheus() {
        // Given a request
        gateway.get("/health");

        // When figures are asked for
        HttpResponse<String> response = gateway.get("/metrics");

        // Then it is among them
        assertThat(response.body())
                .contains("tokentape_gateway_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} 1.0");
    }

    @Test
    void requestsThatAreRefusedByMethodCountForTheirAddress() {
        // Given a preflight, a method that the address does not know, one of these with a body, and no address at all
        gateway.send(gateway.request("/v1/conversations/c/responses")
                .method("OPTIONS", BodyPublishers.noBody())
                .build());
        gateway.send(gateway.request("/v1/conversations/c/responses").DELETE().build());
        gateway.post("/health", "{}");
        gateway.get("/nowhere");

        // When figures are asked for
        String figures = gateway.get("/metrics").body();

        // Then each is counted under its address's template, and only the last under none
        assertThat(figures)
                .contains("route=\"/v1/conversations/{conversation_id}/responses\",status=\"204\"} 1.0")
                .contains("route=\"/v1/conversations/{conversation_id}/responses\",status=\"405\"} 1.0")
                .contains("method=\"POST\",route=\"/health\",status=\"405\"} 1.0")
                .contains("route=\"none\",status=\"404\"} 1.0");
    }

    @Test
    void aPortInUseIsOneClearError() {
        // When a second gateway shall listen at the same port, then it says so
        assertThatThrownBy(() -> new TestGateway("gateway.port", String.valueOf(gateway.port())))
                .isInstanceOf(BindFailedException.class)
                .hasMessageContaining("gateway.port");
    }

    @Test
    void beyondTheLimitOfConnectionsRequestsAreRefusedAndEventSourcesSentAway() throws IOException {
        try (TestGateway small = new TestGateway("gateway.max-connections", "8");
                RawConnection first = new RawConnection(small.port())) {
            // Given as many connections as allowed
            first.send("GET /health HTTP/1.1\r\n" + HOST + "\r\n");
            first.answer();
            java.util.List<RawConnection> others = new java.util.ArrayList<>();
            for (int i = 0; i < 7; i++) {
                RawConnection other = new RawConnection(small.port());
                other.send("GET /health HTTP/1.1\r\n" + HOST + "\r\n");
                assertThat(other.answer()).startsWith("HTTP/1.1 200");
                others.add(other);
            }

            // When more come
            try (RawConnection plain = new RawConnection(small.port());
                    RawConnection events = new RawConnection(small.port())) {
                plain.send("GET /health HTTP/1.1\r\n" + HOST + "\r\n");
                String refused = plain.answer();
                events.send("GET /v1/conversations/c/events HTTP/1.1\r\n" + HOST + "Accept: text/event-stream\r\n\r\n");
                String sentAway = events.answer();

                // Then they are refused, in a way that lets an EventSource come back
                assertThat(refused).startsWith("HTTP/1.1 503").contains("overloaded");
                assertThat(sentAway).startsWith("HTTP/1.1 200").contains("retry: ");
            }
            for (RawConnection other : others) {
                other.close();
            }
        }
    }

    @Test
    void whoSpeaksAnotherProtocolIsToldSoAtOnce() throws IOException {
        // When somebody begins HTTP/2 without asking, and somebody else TLS, on a port that speaks HTTP/1.1 alone
        String two;
        String tls;
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            two = new String(connection.rest(), ISO_8859_1);
        }
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(new byte[] {0x16, 3, 1, 0, (byte) 0xc0, 1, 0, 0, (byte) 0xbc, 3, 3});
            tls = new String(connection.rest(), ISO_8859_1);
        }

        // Then each is told once what is spoken, and the connection closed
        assertThat(two)
                .startsWith("HTTP/1.1 505 ")
                .contains("urn:tokentape:problem:http-version-not-supported")
                .contains("the gateway speaks HTTP/1.1");
        assertThat(two.split("HTTP/1.1 [0-9]", -1)).hasSize(2);
        assertThat(tls)
                .startsWith("HTTP/1.1 400 ")
                .contains("the bytes are the beginning of TLS")
                .contains("ask with http://");
    }

    @Test
    void aMethodThatNobodyKnowsIsNoLabelOfItsOwn() throws IOException {
        // When methods are made up
        try (RawConnection connection = new RawConnection(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                connection.send("BREW" + i + " /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(connection.answer()).startsWith("HTTP/1.1 405");
            }
        }

        // Then figures know them as one (an answer is counted just after it is written)
        await().untilAsserted(() -> assertThat(gateway.registry.scrape())
                .contains("tokentape_gateway_requests_total{method=\"other\",route=\"/health\",status=\"405\"} 3.0")
                .doesNotContain("BREW"));
    }
}
