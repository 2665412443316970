package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.PlainJWT;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may do what, where tokens are checked with a secret. */
class AuthTest {

    private static final String ID = "0198c7a2-1d5e-7cc3-9d53-000000000001";

    private final TestGateway gateway = new TestGateway(
            Tokens.VARIABLE,
            Tokens.SECRET,
            "gateway.auth.reauthenticate-before",
            "20s",
            "gateway.auth.hide-thinking",
            "true");

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> get(String path, String token) {
        return gateway.send(
                gateway.request(path).header("Authorization", "Bearer " + token).build());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/conversations/talk, 401",
        "GET, /v1/conversations/talk/events, 401",
        "POST, /v1/conversations/talk/responses, 401",
        "POST, /v1/tickets, 401",
        "GET, /v1/stream, 401",
        "GET, /health, 200",
        "GET, /ready, 200",
        "GET, /, 200",
        "OPTIONS, /v1/conversations/talk, 204"
    })
    void whoSaysNothingMayOnlySeeThatItLives(String method, String path, int status) {
        // When somebody comes without a token
        HttpResponse<String> response = gateway.send(
                gateway.request(path).method(method, BodyPublishers.noBody()).build());

        // Then they are told how to say who they are
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"tokentape\"");
            assertThat(Documents.faults("#/components/schemas/Problem", json(response)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', read, chat-*, 200",
        "GET, '', ask cancel, chat-*, 403",
        "GET, '', read, talk-*, 403",
        "GET, '', read, '', 403",
        "GET, '', read, *, 200",
        "GET, '', read, chat-7, 200",
        "GET, '', read, *-7, 200",
        "GET, '', read, c*t*7, 200",
        "GET, '', read, chat-7*8, 403",
        "GET, /responses/0198c7a2-1d5e-7cc3-9d53-000000000001, read, chat-*, 404",
        "POST, /responses, ask, chat-*, 202",
        "POST, /responses, read, chat-*, 403",
        "POST, /responses, ask, talk-*, 403",
        "POST, /tool-results, ask, chat-*, 422",
        "POST, /tool-results, read, chat-*, 403",
        "POST, /responses/0198c7a2-1d5e-7cc3-9d53-000000000001/cancel, cancel, chat-*, 404",
        "POST, /responses/0198c7a2-1d5e-7cc3-9d53-000000000001/cancel, ask read, chat-*, 403",
        "DELETE, '', delete, chat-*, 202",
        "DELETE, '', ask read cancel, chat-*, 403",
        "DELETE, '', delete, talk-*, 403"
    })
    void scopesAndPatternsSayWhatMayBeDoneWhere(
            String method, String path, String scope, String conversations, int status) {
        // When somebody with these asks
        String token = conversations.isEmpty() ? Tokens.of("ann", scope) : Tokens.of("ann", scope, conversations);
        boolean empty = !method.equals("POST") || path.endsWith("cancel");
        HttpResponse<String> response = gateway.send(gateway.request("/v1/conversations/chat-7" + path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, empty ? BodyPublishers.noBody() : BodyPublishers.ofString("{\"prompt\":\"Hello?\"}"))
                .build());

        // Then they may, or are told what is missing
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        if (status == 403) {
            assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .contains("insufficient_scope");
        }
    }

    @Test
    void theAnswerItselfIsForThoseWhoMayRead() {
        // When somebody who may only ask wants the answer in one go
        HttpResponse<String> response = gateway.post(
                "/v1/conversations/chat-7/responses",
                "{\"prompt\":\"Hello?\"}",
                "Authorization",
                "Bearer " + Tokens.of("ann", "ask", "*"),
                "Prefer",
                "wait");

        // Then they may not, and nothing is asked
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("detail").asText()).contains("'read'");
        assertThat(gateway.commands.asked).isEmpty();
    }

    static List<String> badTokens() {
        Instant later = Instant.now().plusSeconds(600);
        return List.of(
                "nonsense",
                "",
                Tokens.lasting(Duration.ofMinutes(-5), "ann", "read", "*"),
                Tokens.signed(
                        "another secret of the tests, as long as the first",
                        Tokens.claims("ann", later).build()),
                Tokens.signed(
                        Tokens.SECRET,
                        new com.nimbusds.jwt.JWTClaimsSet.Builder()
                                .subject("ann")
                                .claim("scope", "read")
                                .build()),
                Tokens.signed(
                        Tokens.SECRET,
                        Tokens.claims("ann", later)
                                .notBeforeTime(java.util.Date.from(later))
                                .build()),
                new PlainJWT(Tokens.claims("ann", later).claim("scope", "read").build()).serialize(),
                "tkt_" + Tokens.of("ann", "read", "*"),
                "x".repeat(9_000));
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void aTokenThatIsNotGoodHereOpensNothing(String token) {
        // When it is tried
        HttpResponse<String> response = get("/v1/conversations/talk", token);

        // Then it is refused, without being repeated
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
                .contains("invalid_token");
        if (token.length() > 20) {
            assertThat(response.body()).doesNotContain(token);
        }
    }

    @Test
    void issuerAndAudienceMustBeOursWhereTheyAreSet() {
        try (TestGateway strict = new TestGateway(
                Tokens.VARIABLE,
                Tokens.SECRET,
                "gateway.auth.issuer",
                "https://issuer.example.org",
                "gateway.auth.audience",
                "tokentape",
                "gateway.auth.default-conversations",
                "{sub}-*")) {
            // When tokens come that are for here, and for elsewhere; both name no conversations
            String ours = Tokens.signed(
                    Tokens.SECRET,
                    Tokens.claims("ann", Instant.now().plusSeconds(600))
                            .issuer("https://issuer.example.org")
                            .audience("tokentape")
                            .claim("scp", List.of("read"))
                            .build());
            String elsewhere = Tokens.of("ann", "read", "*");

            // Then only the first is taken, for what the subject has by default
            assertThat(status(strict, "/v1/conversations/ann-1", ours)).isEqualTo(200);
            assertThat(status(strict, "/v1/conversations/bob-1", ours)).isEqualTo(403);
            assertThat(status(strict, "/v1/conversations/ann-1", elsewhere)).isEqualTo(401);
        }
    }

    private static int status(TestGateway gateway, String path, String token) {
        return gateway.send(gateway.request(path)
                        .header("Authorization", "Bearer " + token)
                        .build())
                .statusCode();
    }

    @Test
    void aTicketOpensAStreamAsOftenAsTheClientHasToComeBack() {
        // Given an answer, and a ticket
        new Answering(gateway.tape, "chat-7", ID).whole("Hello?", "Hi");
        String path = "/v1/conversations/chat-7/responses/" + ID + "/events?ticket="
                + Tokens.ticketFor(gateway, Tokens.of("ann", "read", "chat-*"));

        // When streams are opened with it alone, here and at another gateway with the same secret
        int here = new SseClient(gateway.open(gateway.request(path).build()))
                .rest()
                .size();
        int again = new SseClient(gateway.open(gateway.request(path).build()))
                .rest()
                .size();
        int elsewhere;
        try (TestGateway other = new TestGateway(Tokens.VARIABLE, Tokens.SECRET)) {
            new Answering(other.tape, "chat-7", ID).whole("Hello?", "Hi");
            elsewhere = new SseClient(other.open(other.request(path).build()))
                    .rest()
                    .size();
        }

        // Then each flows
        assertThat(List.of(here, again, elsewhere)).containsOnly(6);
    }

    @Test
    void aTicketGivesNoMoreThanItsToken() {
        // Given a ticket
        String ticket = Tokens.ticketFor(gateway, Tokens.of("ann", "read", "chat-*"));

        // When it is used elsewhere, or for something else, or after a change
        int otherConversation =
                gateway.get("/v1/conversations/talk/events?ticket=" + ticket).statusCode();
        int ask = gateway.post("/v1/conversations/chat-7/responses?ticket=" + ticket, "{\"prompt\":\"Hello?\"}")
                .statusCode();
        int changed = gateway.get("/v1/conversations/chat-7/events?ticket=" + ticket.substring(0, ticket.length() - 3))
                .statusCode();

        // Then it opens nothing
        assertThat(otherConversation).isEqualTo(403);
        assertThat(ask).isIn(400, 401);
        assertThat(changed).isEqualTo(401);
        assertThat(gateway.commands.asked).isEmpty();
    }

    @Test
    void aTicketEndsBeforeItsTokenDoesAndWithIt() {
        try (TestGateway brief =
                new TestGateway(Tokens.VARIABLE, Tokens.SECRET, "gateway.auth.ticket-lifetime", "1s")) {
            // Given a ticket that has ended though its token has not
            HttpResponse<String> issued = brief.send(brief.request("/v1/tickets")
                    .header("Authorization", "Bearer " + Tokens.of("ann", "read", "*"))
                    .POST(BodyPublishers.noBody())
                    .build());
            Instant end = Instant.parse(json(issued).path("expires_at").asText());
            await().until(() -> Instant.now().isAfter(end));

            // When it is used
            HttpResponse<String> response = brief.get("/v1/conversations/talk/events?ticket="
                    + json(issued).path("ticket").asText());

            // Then it opens nothing any more
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(json(response).path("detail").asText()).contains("expired");
        }
    }

    @Test
    void aStreamIsWarnedBeforeItsTokenEndsAndThenSentAway() {
        // Given a stream whose token ends soon
        String token = Tokens.lasting(Duration.ofSeconds(3), "ann", "read", "*");
        SseClient client = new SseClient(gateway.open(gateway.request("/v1/conversations/talk/events")
                .header("Authorization", "Bearer " + token)
                .build()));

        // When it is read to its end
        List<SseClient.Event> told = client.rest();

        // Then it was warned, without another cursor than that of its beginning, and told when to come back
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().id()).isEqualTo("c0");
        assertThat(told.getFirst().json().path("type").asText()).isEqualTo("reauthenticate");
        assertThat(Documents.faults(
                        "asyncapi.yaml#/components/messages/reauthenticate/payload",
                        told.getFirst().json()))
                .isEmpty();
        assertThat(client.retry).isEqualTo("1000");
        assertThat(gateway.tape.readers("talk")).isZero();
    }

    @Test
    void whatIsThoughtIsHiddenFromThoseWithoutTheScope() {
        // Given an answer with a thought, known on the tape and stored
        Answering answer = new Answering(gateway.tape, "talk", ID);
        answer.prompted("Hello?");
        answer.begun();
        answer.thinks("secret thought");
        answer.says("Hi");
        answer.ends();
        gateway.tape.response("talk", ID).ifPresent(gateway.history::store);
        gateway.tape.appendRaw("talk", """
                {"id":"c99","type":"gap","conversation_id":"talk","reason":"cursor_too_old",\
                "responses":[{"thinking":"secret thought","blocks":[{"type":"thinking","text":"secret thought"},\
                {"type":"text","text":"Hi"}]}]}""".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String without = Tokens.of("ann", "read", "*");
        String with = Tokens.of("bob", "read thinking", "*");
        List<String> addresses = List.of(
                "/v1/conversations/talk",
                "/v1/conversations/talk/responses/" + ID,
                "/v1/conversations/talk/responses/" + ID + "/events",
                "/v1/conversations/talk/events?after=start&limit=1000");

        for (String address : addresses) {
            // When both read
            String hidden = read(address, without);
            String shown = read(address, with);

            // Then only one sees the thought, and both see the answer
            assertThat(shown).as(address).contains("secret thought").contains("Hi");
            assertThat(hidden)
                    .as(address)
                    .doesNotContain("secret thought")
                    .doesNotContain("c2ln")
                    .contains("Hi");
        }
        // And the hidden block leaves a hole: neither its start nor its end is there
        JsonNode page = json(read(addresses.getLast(), without));
        assertThat(page.path("events").findValuesAsText("type"))
                .startsWith("user_message", "message_start", "content_block_start");
        assertThat(page.path("events").findValuesAsText("sequence"))
                .contains("2", "7")
                .doesNotContain("3", "4", "5", "6");
    }

    private String read(String address, String token) {
        boolean page = address.contains("limit=");
        return gateway.send(gateway.request(address)
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", page ? "application/json" : "*/*")
                        .build())
                .body();
    }

    @Test
    void aTokenForOtherConversationsIsToldForWhich() {
        try (TestGateway gateway = new TestGateway(Tokens.VARIABLE, Tokens.SECRET)) {
            // When somebody reads where the token does not reach
            HttpResponse<String> response = gateway.send(gateway.request("/v1/conversations/bob-1")
                    .header("Authorization", "Bearer " + Tokens.of("ann", "read", "ann-*", "team"))
                    .build());

            // Then the refusal names the patterns that it has, for people and for programs
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(json(response).path("detail").asText()).contains("ann-*, team");
            assertThat(json(response).path("conversations").path(0).asText()).isEqualTo("ann-*");
            assertThat(Documents.faults("#/components/schemas/Problem", json(response)))
                    .isEmpty();
        }
    }
}
