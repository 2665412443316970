package dev.tokentape.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The gateway's API, as far as the commands need it. Thread-safe. */
public final class TapeClient implements AutoCloseable {

    private static final int BAD_GATEWAY = 502;
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpUrl base;
    private final OkHttpClient http;

    /**
     * A client of the gateway at an address such as {@code http://127.0.0.1:8080}.
     *
     * @throws IllegalArgumentException if the address is none
     */
    public TapeClient(URI gateway) {
        this(gateway, null);
    }

    /**
     * A client that says who it is.
     *
     * @param token for gateways that ask for one; null for none
     * @throws IllegalArgumentException if the address is none
     */
    public TapeClient(URI gateway, @Nullable AccessToken token) {
        this.base = HttpUrl.get(gateway.toString());
        // A silent stream shows a sign of life every 15 seconds; three missed ones, and it is dead.
        OkHttpClient.Builder builder =
                new OkHttpClient.Builder().connectTimeout(Duration.ofSeconds(5)).readTimeout(Duration.ofSeconds(45));
        if (token != null) {
            builder.addInterceptor(token);
        }
        this.http = builder.build();
    }

    /**
     * Asks for an answer.
     *
     * @param idempotencyKey asking again with the same key gives the same answer
     * @throws GatewayProblem if the gateway refuses
     * @throws GatewayUnreachable if it does not answer
     */
    public Accepted ask(Question question, String idempotencyKey) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("prompt", question.prompt());
        if (question.provider() != null) {
            body.put("provider", question.provider());
        }
        if (question.model() != null) {
            body.put("model", question.model());
        }
        Request request = new Request.Builder()
                .url(conversation(question.conversationId())
                        .addPathSegment("responses")
                        .build())
                .header("Idempotency-Key", idempotencyKey)
                .post(RequestBody.create(body.toString(), JSON_TYPE))
                .build();
        JsonNode accepted = call(request);
        return new Accepted(
                accepted.path("conversation_id").asText(question.conversationId()),
                accepted.path("response_id").asText(),
                accepted.hasNonNull("cursor") ? accepted.get("cursor").asText() : null);
    }

    /**
     * Cancels an answer.
     *
     * @return its status now: {@code cancelling}, or how it ended before
     * @throws GatewayProblem if the gateway refuses, or does not know the answer
     */
    public String cancel(String conversationId, String responseId) throws IOException {
        Request request = new Request.Builder()
                .url(response(conversationId, responseId)
                        .addPathSegment("cancel")
                        .build())
                .post(RequestBody.create("", JSON_TYPE))
                .build();
        return call(request).path("status").asText();
    }

    /** The conversation's turns and what is still open. */
    public JsonNode conversationState(String conversationId) throws IOException {
        return call(
                new Request.Builder().url(conversation(conversationId).build()).build());
    }

    /** One answer, as far as it is. */
    public JsonNode responseState(String conversationId, String responseId) throws IOException {
        return call(new Request.Builder()
                .url(response(conversationId, responseId).build())
                .build());
    }

    /** All events of a conversation, by server-sent events. */
    public Connector conversationEvents(String conversationId) {
        HttpUrl url = conversation(conversationId).addPathSegment("events").build();
        return (after, listener) -> SseConnection.open(http, url, after, listener);
    }

    /** The events of one answer, by server-sent events. */
    public Connector responseEvents(String conversationId, String responseId) {
        HttpUrl url =
                response(conversationId, responseId).addPathSegment("events").build();
        return (after, listener) -> SseConnection.open(http, url, after, listener);
    }

    /** All events of a conversation, over a WebSocket. */
    public Connector conversationSocket(String conversationId) {
        HttpUrl url = base.newBuilder().addPathSegments("v1/stream").build();
        return (after, listener) -> WebSocketConnection.open(http, url, conversationId, after, listener);
    }

    /** The gateway's address, as it was given. */
    public String address() {
        return base.toString().replaceAll("/$", "");
    }

    private HttpUrl.Builder conversation(String conversationId) {
        return base.newBuilder().addPathSegments("v1/conversations").addPathSegment(conversationId);
    }

    private HttpUrl.Builder response(String conversationId, String responseId) {
        return conversation(conversationId).addPathSegment("responses").addPathSegment(responseId);
    }

    private JsonNode call(Request request) throws IOException {
        try (Response response = http.newCall(request).execute()) {
            String body = response.body().string();
            if (!response.isSuccessful()) {
                throw GatewayProblem.of(response.code(), body);
            }
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new GatewayProblem(BAD_GATEWAY, address() + " does not answer as a gateway of Tokentape does");
        } catch (IOException e) {
            throw GatewayUnreachable.at(address(), GatewayUnreachable.words(e), e);
        }
    }

    /** Cuts every connection and ends the threads. */
    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
