package dev.tokentape.integration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A client of one gateway, made of nothing but the JDK, so that no code of ours stands between test and wire. */
final class Client {

    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI gateway;

    Client(URI gateway) {
        this.gateway = gateway;
    }

    /** Asks, and returns the 202's body. */
    JsonNode ask(String conversation, String prompt, String model) {
        return ask(conversation, prompt, model, Map.of());
    }

    JsonNode ask(String conversation, String prompt, String model, Map<String, String> headers) {
        HttpResponse<String> response = post(conversation, prompt, model, headers);
        if (response.statusCode() != 202) {
            throw new AssertionError("expected 202, got " + response.statusCode() + ": " + response.body());
        }
        return parse(response.body());
    }

    /** Asks and waits for the whole answer. */
    JsonNode askAndWait(String conversation, String prompt, String model) {
        HttpResponse<String> response = post(conversation, prompt, model, Map.of("Prefer", "wait"));
        if (response.statusCode() != 200) {
            throw new AssertionError("expected 200, got " + response.statusCode() + ": " + response.body());
        }
        return parse(response.body());
    }

    HttpResponse<String> post(String conversation, String prompt, String model, Map<String, String> headers) {
        return postBody(conversation, Map.of("prompt", prompt, "model", model), headers);
    }

    HttpResponse<String> postBody(String conversation, Map<String, ?> body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("/v1/conversations/" + conversation + "/responses"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(JSON.valueToTree(body).toString()));
        headers.forEach(request::header);
        return send(request.build());
    }

    /** Brings results of an answer's tool calls; returns what the gateway says. */
    HttpResponse<String> toolResults(String conversation, String response, Map<String, String> results) {
        List<Map<String, String>> list = results.entrySet().stream()
                .map(result -> Map.of("tool_call_id", result.getKey(), "content", result.getValue()))
                .toList();
        String body = JSON.valueToTree(Map.of("response_id", response, "results", list))
                .toString();
        return send(HttpRequest.newBuilder(at("/v1/conversations/" + conversation + "/tool-results"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpResponse<String> cancel(String conversation, String response) {
        return send(
                HttpRequest.newBuilder(at("/v1/conversations/" + conversation + "/responses/" + response + "/cancel"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    /** Orders a conversation to be deleted; returns the 202's body. */
    JsonNode delete(String conversation) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(at("/v1/conversations/" + conversation))
                .DELETE()
                .build());
        if (response.statusCode() != 202) {
            throw new AssertionError("expected 202, got " + response.statusCode() + ": " + response.body());
        }
        return parse(response.body());
    }

    /** One page of a conversation's events, waited for. */
    JsonNode page(String conversation, String after, int limit) {
        return parse(send(HttpRequest.newBuilder(at("/v1/conversations/%s/events?after=%s&limit=%d&wait=10"
                                .formatted(conversation, after, limit)))
                        .header("Accept", "application/json")
                        .build())
                .body());
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(at(path)).build());
    }

    JsonNode json(String path) {
        return parse(get(path).body());
    }

    /** Everything of a conversation, over SSE. */
    EventStream events(String conversation, String after) {
        return EventStream.sse(http, at("/v1/conversations/" + conversation + "/events?after=" + after), null);
    }

    /** One answer, over SSE, from its start. */
    EventStream answer(String conversation, String response) {
        return EventStream.sse(
                http, at("/v1/conversations/" + conversation + "/responses/" + response + "/events"), null);
    }

    /** One answer, over SSE, after an event, as an EventSource reconnects. */
    EventStream answer(String conversation, String response, String lastEventId) {
        return EventStream.sse(
                http, at("/v1/conversations/" + conversation + "/responses/" + response + "/events"), lastEventId);
    }

    /** A conversation over WebSocket. */
    EventStream webSocket(String conversation, String after) {
        URI address = URI.create("ws" + gateway.toString().substring("http".length()) + "/v1/stream");
        return EventStream.webSocket(http, address, conversation, after);
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + json, e);
        }
    }

    private URI at(String path) {
        return gateway.resolve(path);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(request.uri() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
