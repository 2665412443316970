package dev.tokentape.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets in every part of requests that are malformed in every way: none is logged, told back or counted by. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsInMalformedRequestsTest {

    private static final String SECRET = "hunter2-Zx9Qw";
    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-000000000001";
    private static final String EVENTS = "/v1/conversations/c/events";
    private static final String ASK = "/v1/conversations/c/responses";
    private static final List<String> ADDRESSES = List.of(
            EVENTS,
            ASK + "/" + RESPONSE + "/events",
            ASK + "/" + RESPONSE,
            "/v1/conversations/c",
            "/v1/conversations",
            "/v1/stream",
            "/health",
            "/ready",
            "/metrics",
            "/",
            "/nothing");
    private static final List<String> POSTS =
            List.of(ASK, "/v1/conversations/c/tool-results", ASK + "/" + RESPONSE + "/cancel", "/v1/tickets");

    private final TestGateway gateway = new TestGateway(
            Tokens.VARIABLE,
            Tokens.SECRET,
            "gateway.auth.issuer",
            "ours",
            "gateway.auth.audience",
            "us",
            "gateway.asks-per-minute",
            "100000",
            "gateway.idle-timeout",
            "2s");

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static String token() {
        return Tokens.signed(
                Tokens.SECRET,
                Tokens.claims("ann", Instant.now().plusSeconds(600))
                        .issuer("ours")
                        .audience("us")
                        .claim("scope", "read ask cancel delete")
                        .claim("conversations", List.of("*"))
                        .build());
    }

    private static String get(String address, String... headers) {
        return request("GET", address, "", headers);
    }

    private static String request(String method, String address, String body, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + address + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            request.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.getBytes(UTF_8).length)
                    .append("\r\n");
        }
        return request.append("\r\n")
                .append(new String(body.getBytes(UTF_8), ISO_8859_1))
                .toString();
    }

    private static String bearer(JWTClaimsSet claims) {
        return "Authorization: Bearer " + Tokens.signed(Tokens.SECRET, claims);
    }

    private static String unsigned(String header, String claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return "Authorization: Bearer " + encoder.encodeToString(header.getBytes(UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(UTF_8)) + ".c2ln";
    }

    static Stream<Arguments> requests() {
        String known = "Authorization: Bearer " + token();
        Stream.Builder<Arguments> all = Stream.builder();
        for (String address : ADDRESSES) {
            for (String query : List.of(
                    "?ticket=tkt_" + SECRET + "&after=%zz",
                    "?ticket=tkt_" + SECRET + "&after=%",
                    "?" + SECRET + "%z=1",
                    "?after=" + SECRET + "&after=2",
                    "?after=" + SECRET,
                    "?limit=" + SECRET,
                    "?wait=" + SECRET,
                    "?snapshot=" + SECRET,
                    "?ticket=" + SECRET + "&ticket=" + SECRET,
                    "?ticket=tkt_" + SECRET)) {
                all.add(Arguments.of("GET " + address + query, get(address + query, known)));
                all.add(Arguments.of("anonymous " + address + query, get(address + query)));
            }
        }
        for (String path : List.of(
                "/v1/conversations/" + SECRET + "%zz/events",
                "/v1/conversations/" + SECRET + "%/responses/" + RESPONSE,
                "/v1/conversations/" + SECRET + "%00",
                "/v1/conversations/" + SECRET + "%c0%af",
                "/v1/conversations/c/responses/" + SECRET + "%g1",
                "/" + SECRET + "/%zz",
                "ftp://" + SECRET + "@host/",
                "http://" + SECRET,
                SECRET,
                "*" + SECRET)) {
            all.add(Arguments.of("path " + path, get(path, known)));
        }
        for (String header : List.of(
                "Authorization: Basic " + SECRET,
                "Authorization: Bearer " + SECRET,
                "Authorization: Bearer " + SECRET + "." + SECRET + "." + SECRET,
                "Authorization: Bearer tkt_" + SECRET,
                "Authorization: Bearer tkt_" + SECRET + "." + SECRET + "." + SECRET,
                "Authorization: Bearer a\r\nAuthorization: Bearer " + SECRET,
                "Sec-WebSocket-Protocol: bearer." + SECRET,
                "Sec-WebSocket-Protocol: " + SECRET,
                unsigned("{\"alg\":\"none\",\"kid\":\"" + SECRET + "\"}", "{\"sub\":\"" + SECRET + "\"}"),
                unsigned("{\"alg\":\"" + SECRET + "\"}", "{}"),
                unsigned("{\"alg\":\"HS256\",\"typ\":\"" + SECRET + "\"}", "{}"),
                unsigned("{\"alg\":\"HS256\",\"crit\":[\"" + SECRET + "\"]}", "{}"),
                unsigned("{\"alg\":\"HS256\"}", "{\"sub\":" + SECRET),
                bearer(Tokens.claims(SECRET, Instant.EPOCH)
                        .issuer("ours")
                        .audience("us")
                        .build()),
                bearer(Tokens.claims("a", Instant.now().plusSeconds(60))
                        .issuer(SECRET)
                        .audience("us")
                        .build()),
                bearer(Tokens.claims("a", Instant.now().plusSeconds(60))
                        .issuer("ours")
                        .audience(SECRET)
                        .build()),
                bearer(Tokens.claims("a", Instant.now().plusSeconds(60))
                        .issuer("ours")
                        .audience("us")
                        .claim("conversations", 17)
                        .claim("scope", SECRET)
                        .build()),
                bearer(new JWTClaimsSet.Builder().claim("secret", SECRET).build()))) {
            all.add(Arguments.of(header, get(EVENTS, header)));
            all.add(Arguments.of(
                    "socket " + header,
                    get(
                            "/v1/stream",
                            header,
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: " + SECRET)));
        }
        for (String header : List.of(
                SECRET,
                SECRET + " name: value",
                " " + SECRET + ": folded",
                "X: a\0" + SECRET,
                "X\0" + SECRET + ": a",
                "Content-Length: " + SECRET,
                "Content-Length: -5" + SECRET,
                "Content-Length: 5, 6" + SECRET,
                "Content-Length: 99999999999999999999" + SECRET,
                "Content-Length: 3\r\nContent-Length: 4" + SECRET,
                "Transfer-Encoding: " + SECRET,
                "Transfer-Encoding: chunked, " + SECRET,
                "Transfer-Encoding: chunked\r\nContent-Length: 5" + SECRET,
                "Cookie: session=" + SECRET + "\0",
                "Last-Event-ID: " + SECRET,
                "Accept: " + SECRET,
                "Expect: " + SECRET,
                "Prefer: wait=" + SECRET,
                "Idempotency-Key: " + SECRET + " \u00e9",
                "Upgrade: " + SECRET,
                "X-Giant: " + SECRET.repeat(3000))) {
            all.add(Arguments.of(header.length() > 99 ? "giant" : header, get(EVENTS, known, header)));
            if (header.startsWith("Last-Event-ID")) {
                // A POST with it is told where to read on, with it: it is the client's to say again.
                continue;
            }
            all.add(Arguments.of(
                    "post " + (header.length() > 99 ? "giant" : header),
                    request("POST", ASK, "{\"prompt\":1}", known, header)));
        }
        for (String raw : List.of(
                SECRET + " / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                SECRET + "\r\n\r\n",
                "GET / " + SECRET + "/1.1\r\n\r\n",
                "GET / HTTP/1." + SECRET + "\r\n\r\n",
                "GET /" + SECRET + " HTTP/2.0\r\nHost: localhost\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SECRET,
                "\u0016\u0003\u0001\u0002\u0000\u0001" + SECRET,
                "GET /" + SECRET.repeat(1000) + " HTTP/1.1\r\n\r\n",
                "POST " + ASK + " HTTP/1.1\r\nHost: localhost\r\n" + known
                        + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + SECRET + "\r\n",
                "POST " + ASK + " HTTP/1.1\r\nHost: localhost\r\n" + known
                        + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" + SECRET
                        + "\r\n")) {
            all.add(Arguments.of("raw " + (raw.length() > 99 ? raw.substring(0, 20) : raw.strip()), raw));
        }
        for (String body : List.of(
                SECRET,
                "{" + SECRET,
                "{\"" + SECRET,
                "{\"prompt\":" + SECRET + "}",
                "{\"prompt\":\"" + SECRET,
                "{\"prompt\":\"" + SECRET + "\"" + SECRET,
                "{\"prompt\":\"" + SECRET + "\u0001\"}",
                "{\"prompt\":\"" + SECRET + "\\x\"}",
                "{\"prompt\":\"" + SECRET + "\"} " + SECRET,
                "{\"prompt\":\"p\",\"extra\":{\"" + SECRET + "\":1,\"" + SECRET + "\":2}}",
                "{\"max_tokens\":1" + SECRET + "}",
                "{\"prompt\":\"p\",\"max_tokens\":\"" + SECRET + "\"}",
                "{\"prompt\":\"p\",\"provider\":\"" + SECRET + "!\"}",
                "{\"prompt\":\"p\",\"tool_choice\":\"" + SECRET + "\"}",
                "{\"prompt\":\"p\",\"retry_of\":\"" + SECRET + "\"}",
                "{\"messages\":[{\"role\":\"" + SECRET + "\",\"content\":\"" + SECRET + "\"}]}",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"" + SECRET + "\"}]}]}",
                "{\"response_id\":\"" + SECRET + "\",\"results\":[{\"content\":\"" + SECRET + "\"}]}",
                "[\"" + SECRET + "\"]",
                "\"" + SECRET + "\"",
                "{\"a\":".repeat(300) + "\"" + SECRET)) {
            for (String route : POSTS) {
                all.add(Arguments.of(
                        "body to " + route + " " + (body.length() > 99 ? "deep" : body),
                        request("POST", route, body, known)));
            }
        }
        all.add(Arguments.of(
                "not UTF-8",
                request("POST", ASK, "{\"prompt\":\"" + SECRET + "??\"}", known).replace("??", "\u00c0\u0080")));
        return all.build();
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("requests")
    void whatAMalformedRequestCarriesIsNeitherLoggedNorToldNorCountedBy(String name, String request)
            throws IOException {
        try (Said said = new Said(Level.DEBUG);
                RawConnection connection = new RawConnection(gateway.port())) {
            // When
            connection.socket.setSoTimeout(4_000);
            connection.send(request);
            String answer;
            try {
                answer = connection.answer();
            } catch (SocketTimeoutException _) {
                answer = "";
            }

            // Then it is answered, and never as if the gateway had failed
            assertThat(answer).as(name).startsWith("HTTP/1.1 ").doesNotContain("HTTP/1.1 500");
            // And nothing of it is told
            assertThat(answer).as(name).doesNotContain(SECRET);
            assertThat(said.lines()).as(name).noneMatch(line -> line.contains(SECRET));
            assertThat(gateway.registry.scrape()).as(name).doesNotContain(SECRET);
        }
    }

    @Test
    void aMalformedAddressIsAProblemOfItsOwn() throws IOException {
        // When a percent sign is followed by no digits, in the query or in the path
        String query = answer(get(EVENTS + "?after=%zz", "Authorization: Bearer " + token()));
        String path = answer(get("/v1/conversations/%zz/events", "Authorization: Bearer " + token()));

        // Then
        assertThat(List.of(query, path))
                .allSatisfy(answer -> assertThat(answer)
                        .startsWith("HTTP/1.1 400")
                        .contains("application/problem+json")
                        .contains("urn:tokentape:problem:malformed-address"));
    }

    @Test
    void whatFailsWithinIsLoggedWithoutTheWordsOfTheFailure() throws IOException {
        // Given something within that fails, and says with what
        gateway.commands.onAsk = request -> {
            throw new IllegalStateException("cannot write " + SECRET, new IllegalArgumentException(SECRET));
        };
        try (Said said = new Said(Level.DEBUG)) {
            // When it is asked for by post, and on a socket
            String answer =
                    answer(request("POST", ASK, "{\"prompt\":\"" + SECRET + "\"}", "Authorization: Bearer " + token()));
            String refused;
            try (SocketClient socket =
                    new SocketClient(gateway.client, gateway.gateway.url(), "Authorization", "Bearer " + token())) {
                socket.say("{\"type\":\"ask\",\"conversation_id\":\"c\",\"prompt\":\"" + SECRET + "\"}");
                refused = socket.next().toString();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }

            // Then the log says what failed and where, and nobody says the words
            assertThat(answer).startsWith("HTTP/1.1 500").doesNotContain(SECRET);
            assertThat(refused).contains("internal-error").doesNotContain(SECRET);
            assertThat(said.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .hasSize(2)
                    .allMatch(line -> line.contains("IllegalStateException") && line.contains("Intake"));
            assertThat(said.lines()).noneMatch(line -> line.contains(SECRET));
        } finally {
            gateway.commands.onAsk = _ -> {};
        }
    }

    @Test
    void whatASocketIsSentIsNeitherLoggedNorTold() throws Exception {
        // Given sockets that are sent something else each
        List<byte[]> frames = List.of(
                masked(0x81, SECRET),
                masked(0x81, "{\"type\":\"" + SECRET + "\"}"),
                masked(0x81, "{\"type\":\"authenticate\",\"token\":\"" + SECRET + "\"}"),
                masked(0x81, "{\"type\":\"authenticate\",\"token\":\"tkt_" + SECRET + "\"}"),
                masked(0x81, "{\"type\":\"subscribe\",\"conversation_id\":\"c\",\"after\":\"" + SECRET + "\"}"),
                masked(0x81, "{\"type\":\"ask\",\"conversation_id\":\"" + SECRET + "!\",\"prompt\":\"p\"}"),
                masked(
                        0x81,
                        "{\"type\":\"ask\",\"conversation_id\":\"c\",\"idempotency_key\":\"" + SECRET + "\u00e9\"}"),
                masked(0x81, "{\"ref\":17,\"type\":\"tool_results\",\"results\":\"" + SECRET + "\"}"),
                masked(0x82, SECRET),
                masked(0x83, SECRET),
                masked(0xC1, SECRET),
                masked(0x80, SECRET),
                masked(0x09, SECRET),
                masked(0x8B, SECRET),
                masked(0x88, "\u0003\u00e8" + SECRET),
                masked(0x88, "\0" + SECRET),
                ("\u0081" + (char) SECRET.length() + SECRET).getBytes(ISO_8859_1));
        try (Said said = new Said(Level.DEBUG);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // When all come at once: after a broken frame the gateway gives a socket two seconds
            List<Future<String>> answers = frames.stream()
                    .map(frame -> threads.submit(() -> framesAfter(frame)))
                    .toList();

            // Then what is said back does not hold it
            for (Future<String> answer : answers) {
                assertThat(answer.get()).doesNotContain(SECRET);
            }
            assertThat(said.lines()).noneMatch(line -> line.contains(SECRET));
            assertThat(gateway.registry.scrape()).doesNotContain(SECRET);
        }
    }

    private String framesAfter(byte[] frame) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.socket.setSoTimeout(4_000);
            connection.send(get(
                    "/v1/stream",
                    "Authorization: Bearer " + token(),
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Protocol: tokentape.v1"));
            assertThat(connection.answer()).startsWith("HTTP/1.1 101");
            connection.send(frame);
            // A ping's answer would be the client's own echo; a close makes an end in any case.
            connection.send(masked(0x88, "\u0003\u00e8"));
            StringBuilder answer = new StringBuilder();
            try {
                for (int next = connection.readByte(); next >= 0; next = connection.readByte()) {
                    answer.append((char) next);
                }
            } catch (SocketTimeoutException | SocketException _) {
                // Nothing more comes, or the gateway has closed without taking what we still sent.
            }
            return answer.toString();
        }
    }

    private static byte[] masked(int first, String payload) {
        byte[] bytes = payload.getBytes(first == 0x88 ? ISO_8859_1 : UTF_8);
        int header = bytes.length < 126 ? 6 : 8;
        byte[] frame = new byte[header + bytes.length];
        frame[0] = (byte) first;
        if (header == 6) {
            frame[1] = (byte) (0x80 | bytes.length);
        } else {
            frame[1] = (byte) (0x80 | 126);
            frame[2] = (byte) (bytes.length >> 8);
            frame[3] = (byte) bytes.length;
        }
        // Masked with zeros: the bytes stay as they are.
        System.arraycopy(bytes, 0, frame, header, bytes.length);
        return frame;
    }

    private String answer(String request) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(request);
            return connection.answer();
        }
    }
}
