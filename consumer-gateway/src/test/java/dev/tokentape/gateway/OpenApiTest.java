package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds {@code docs/openapi.yaml} against a running gateway. */
class OpenApiTest {

    private static final String ENDED = "0198c7a2-1d5e-7cc3-9d53-000000000001";
    private static final String RUNNING = "0198c7a2-1d5e-7cc3-9d53-000000000002";

    private final TestGateway gateway = new TestGateway();

    @BeforeEach
    void aConversation() {
        new Answering(gateway.tape, "talk", ENDED).whole("One?", "Done");
        gateway.tape.response("talk", ENDED).ifPresent(gateway.history::store);
        Answering running = new Answering(gateway.tape, "talk", RUNNING);
        running.prompted("Two?");
        running.begun();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void everyRouteIsDescribedAndEveryDescriptionHasItsRoute() {
        // Given what the document describes
        Set<String> described = new TreeSet<>();
        Documents.OPENAPI
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!operation.getKey().equals("parameters")) {
                        described.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                }));

        // When the gateway's routes are listed
        Set<String> routes = new TreeSet<>();
        gateway.gateway.routes().forEach(route -> routes.add(route.method() + " " + route.template()));

        // Then both are the same
        assertThat(routes).isEqualTo(described);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST | /v1/conversations/{c}/responses | {"prompt":"Hello?"} | 202
            POST | /v1/conversations/{c}/responses | {"prompt":"Hello?","temprature":1} | 422
            POST | /v1/conversations/{c}/responses | {"prompt" | 400
            POST | /v1/conversations/b%20d/responses | {"prompt":"Hello?"} | 400
            GET | /v1/conversations/{c}/responses/{ended}/events | | 200
            GET | /v1/conversations/{c}/responses/{ended}/events?after=c7 | | 204
            GET | /v1/conversations/{c}/responses/{ended}/events?after=x | | 400
            GET | /v1/conversations/{c}/responses/{nobody}/events | | 404
            GET | /v1/conversations/{c}/events?after=x | | 400
            GET | /v1/conversations | | 200
            GET | /v1/conversations?limit=0 | | 400
            GET | /v1/conversations/{c} | | 200
            GET | /v1/conversations/b%20d | | 400
            DELETE | /v1/conversations/{c} | | 202
            DELETE | /v1/conversations/{c} | {} | 422
            DELETE | /v1/conversations/b%20d | | 400
            GET | /v1/conversations/{c}/responses/{ended} | | 200
            GET | /v1/conversations/{c}/responses/{running} | | 200
            GET | /v1/conversations/{c}/responses/{nobody} | | 404
            GET | /v1/conversations/{c}/responses/17 | | 400
            POST | /v1/conversations/{c}/responses/{running}/cancel | | 202
            POST | /v1/conversations/{c}/responses/{ended}/cancel | | 200
            POST | /v1/conversations/{c}/responses/{nobody}/cancel | | 404
            POST | /v1/conversations/{c}/responses/{running}/cancel | {} | 422
            GET | /v1/stream | | 426
            GET | /health | | 200
            GET | /ready | | 200
            GET | /metrics | | 200
            GET | / | | 200
            GET | /page/app.js | | 200
            GET | /page/style.css | | 200
            GET | /page/icon.svg | | 200
            """)
    void answersAreAsDescribed(String method, String address, String body, int status) throws IOException {
        // When an address is asked
        String path = address.replace("{c}", "talk")
                .replace("{ended}", ENDED)
                .replace("{running}", RUNNING)
                .replace("{nobody}", UUID.randomUUID().toString());
        HttpResponse<String> response = gateway.send(gateway.request(path)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());

        // Then status, type and body are as the document says
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        check(method, address.replaceAll("\\?.*", ""), response);
    }

    @Test
    void whenKafkaAndTheProcessorAreAwayThatIsAsDescribedToo() throws IOException {
        // Given neither
        gateway.commands.away = true;
        gateway.history.away = true;
        gateway.tape.ready = false;

        // When they are needed
        HttpResponse<String> asked = gateway.post("/v1/conversations/talk/responses", "{\"prompt\":\"Hello?\"}");
        HttpResponse<String> conversation = gateway.get("/v1/conversations/talk");
        HttpResponse<String> ready = gateway.get("/ready");

        // Then the problems are as described
        check("POST", "/v1/conversations/{c}/responses", asked);
        check("GET", "/v1/conversations/{c}", conversation);
        check("GET", "/ready", ready);
        assertThat(asked.statusCode()).isEqualTo(503);
    }

    @Test
    void theWholeAnswerIsAsDescribed() throws IOException {
        // Given a processor that answers
        gateway.commands.onAsk =
                request -> new Answering(gateway.tape, "talk", request.getResponseId()).whole("Hello?", "Hi");

        // When somebody waits for it
        HttpResponse<String> response =
                gateway.post("/v1/conversations/talk/responses", "{\"prompt\":\"Hello?\"}", "Prefer", "wait=10");

        // Then it is as described
        assertThat(response.statusCode()).isEqualTo(200);
        check("POST", "/v1/conversations/{c}/responses", response);
    }

    @Test
    void theEventsOfAStreamAreAsDescribed() {
        // When a stream is read
        HttpRequest request = gateway.request("/v1/conversations/talk/responses/" + ENDED + "/events")
                .build();
        var events = new SseClient(gateway.open(request)).rest();

        // Then each event fits the schema
        assertThat(events)
                .hasSize(6)
                .allSatisfy(event ->
                        assertThat(Documents.faultsOfEvent(event.json())).isEmpty());
    }

    @Test
    void whatTheGatewayTakesTheDescriptionTakesToo() throws IOException {
        // Given an ask with much in it, and one with a mistake
        JsonNode good = TestGateway.JSON.readTree(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}],"
                        + "\"tools\":[{\"name\":\"x\"}]}");
        JsonNode bad = TestGateway.JSON.readTree("{\"prompt\":\"Hi\",\"temprature\":1}");

        // When the description judges them, then as the gateway does
        assertThat(Documents.faults("#/components/schemas/Ask", good)).isEmpty();
        assertThat(Documents.faults("#/components/schemas/Ask", bad)).isNotEmpty();
        assertThat(gateway.post("/v1/conversations/talk/responses", good.toString())
                        .statusCode())
                .isEqualTo(202);
    }

    private static void check(String method, String address, HttpResponse<String> response) throws IOException {
        JsonNode operation = operation(address).path(method.toLowerCase(java.util.Locale.ROOT));
        JsonNode described = resolved(operation.path("responses").path(String.valueOf(response.statusCode())));
        assertThat(described.isMissingNode())
                .as("%s %s answered %d, which is not described", method, address, response.statusCode())
                .isFalse();
        if (!described.has("content")) {
            assertThat(response.body()).isEmpty();
            return;
        }
        String type = response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        assertThat(described.path("content").has(type)).as("type " + type).isTrue();
        if (type.endsWith("json")) {
            String pointer = pointer(address, method, response.statusCode(), type, operation);
            assertThat(Documents.faults(pointer, TestGateway.JSON.readTree(response.body())))
                    .as(response.body())
                    .isEmpty();
        }
    }

    /** The reference to the schema of an answer. */
    private static String pointer(String address, String method, int status, String type, JsonNode operation) {
        JsonNode reference =
                operation.path("responses").path(String.valueOf(status)).path("$ref");
        String base = reference.isTextual()
                ? reference.textValue()
                : "#/paths/%s/%s/responses/%d"
                        .formatted(
                                template(address).replace("/", "~1"),
                                method.toLowerCase(java.util.Locale.ROOT),
                                status);
        return base + "/content/" + type.replace("/", "~1") + "/schema";
    }

    private static JsonNode operation(String address) {
        return Documents.OPENAPI.path("paths").path(template(address));
    }

    private static String template(String address) {
        return address.replaceFirst("/conversations/[^/]+", "/conversations/{conversation_id}")
                .replaceFirst("/responses/[^/]+", "/responses/{response_id}");
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref")
                ? Documents.OPENAPI.at(node.path("$ref").textValue().substring(1))
                : node;
    }
}
