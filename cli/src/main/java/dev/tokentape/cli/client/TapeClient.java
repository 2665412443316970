package dev.tokentape.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's API, as far as the commands need it. Of several gateways it asks one until that does not answer; a
 * question is then asked again at the next, which does no harm: each has a key or can be repeated. Thread-safe.
 */
public final class TapeClient implements AutoCloseable {

    private static final int BAD_GATEWAY = 502;

    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** How long a living gateway may be silent on a stream; longer than its collector or a busy machine stops it. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    /** For an answer's head, or a page: a gateway may take 3 s to look for an answer that nobody knows yet. */
    private static final Duration PATIENCE = Duration.ofMillis(4_500);

    /** For an answer in one piece from the last gateway left to ask; longer than a gateway waits for Kafka. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Gateways gateways;
    private final OkHttpClient http;
    /** For gateways after which there is another to ask. */
    private final OkHttpClient prompt;

    private final OkHttpClient streams;

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
        this(List.of(gateway), token, null);
    }

    /** The same, with the certificates that Java trusts. */
    public TapeClient(List<URI> addresses, @Nullable AccessToken token) {
        this(addresses, token, null);
    }

    /**
     * A client of several gateways of one installation.
     *
     * @param token for gateways that ask for one; null for none
     * @param trusted the certificates to trust; null for those that Java does
     * @throws IllegalArgumentException if one of the addresses is none
     */
    public TapeClient(List<URI> addresses, @Nullable AccessToken token, @Nullable TrustedCertificates trusted) {
        this.gateways = new Gateways(addresses);
        OkHttpClient.Builder builder =
                new OkHttpClient.Builder().connectTimeout(CONNECT).readTimeout(LONGEST_ANSWER);
        if (token != null) {
            builder.addInterceptor(token);
        }
        if (trusted != null) {
            trusted.applyTo(builder);
        }
        this.http = builder.build();
        this.prompt = http.newBuilder().readTimeout(PATIENCE).build();
        this.streams = prompt.newBuilder()
                .addNetworkInterceptor(new SignsOfLife(HEARTBEAT))
                .pingInterval(HEARTBEAT)
                .build();
    }

    /**
     * Asks for an answer.
     *
     * @param idempotencyKey asking again with the same key gives the same answer
     * @throws GatewayProblem if the gateway refuses
     * @throws GatewayUnreachable if it does not answer
     */
    public Accepted ask(Question question, String idempotencyKey) throws IOException {
        String body = QuestionJson.of(question).toString();
        JsonNode accepted = call(base -> new Request.Builder()
                .url(conversation(base, question.conversationId())
                        .addPathSegment("responses")
                        .build())
                .header("Idempotency-Key", idempotencyKey)
                .post(RequestBody.create(body, JSON_TYPE))
                .build());
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
        return call(base -> new Request.Builder()
                        .url(response(base, conversationId, responseId)
                                .addPathSegment("cancel")
                                .build())
                        .post(RequestBody.create("", JSON_TYPE))
                        .build())
                .path("status")
                .asText();
    }

    /**
     * Deletes a conversation.
     *
     * @throws GatewayProblem if the gateway refuses
     */
    public Deleting delete(String conversationId) throws IOException {
        JsonNode deleting = call(base -> new Request.Builder()
                .url(conversation(base, conversationId).build())
                .delete(null)
                .build());
        return new Deleting(
                deleting.path("deletion_id").asText(), deleting.path("cursor").asText(), deleting);
    }

    /**
     * A page of the conversations that have finished turns, by id.
     *
     * @param after the id after which it begins; empty for the first
     */
    public JsonNode conversations(String after, int limit) throws IOException {
        return call(base -> {
            HttpUrl.Builder url = base.newBuilder()
                    .addPathSegments("v1/conversations")
                    .addQueryParameter("limit", Integer.toString(limit));
            if (!after.isEmpty()) {
                url.addQueryParameter("after", after);
            }
            return new Request.Builder().url(url.build()).build();
        });
    }

    /** The conversation's turns and what is still open. */
    public JsonNode conversationState(String conversationId) throws IOException {
        return call(base -> new Request.Builder()
                .url(conversation(base, conversationId).build())
                .build());
    }

    /** One answer, as far as it is. */
    public JsonNode responseState(String conversationId, String responseId) throws IOException {
        return call(base -> new Request.Builder()
                .url(response(base, conversationId, responseId).build())
                .build());
    }

    /** All events of a conversation, by server-sent events. */
    public Connector conversationEvents(String conversationId) {
        return events(base -> conversation(base, conversationId));
    }

    /** The events of one answer, by server-sent events. */
    public Connector responseEvents(String conversationId, String responseId) {
        return events(base -> response(base, conversationId, responseId));
    }

    /** The events of one answer, page by page. */
    public Connector responsePages(String conversationId, String responseId) {
        return (after, listener) -> {
            HttpUrl base = gateways.current();
            HttpUrl url = response(base, conversationId, responseId)
                    .addPathSegment("events")
                    .build();
            return PageConnection.open(prompt, url, after, gateways.passingOn(base, listener));
        };
    }

    /** All events of a conversation, over a WebSocket. */
    public Connector conversationSocket(String conversationId) {
        return (after, listener) -> {
            HttpUrl base = gateways.current();
            HttpUrl url = base.newBuilder().addPathSegments("v1/stream").build();
            return WebSocketConnection.open(streams, url, conversationId, after, gateways.passingOn(base, listener));
        };
    }

    private Connector events(Function<HttpUrl, HttpUrl.Builder> of) {
        return (after, listener) -> {
            HttpUrl base = gateways.current();
            HttpUrl url = of.apply(base).addPathSegment("events").build();
            return SseConnection.open(streams, url, after, gateways.passingOn(base, listener));
        };
    }

    /** The gateway's address, or all of them, as they were given. */
    public String address() {
        return gateways.toString();
    }

    private static HttpUrl.Builder conversation(HttpUrl base, String conversationId) {
        return base.newBuilder().addPathSegments("v1/conversations").addPathSegment(conversationId);
    }

    private static HttpUrl.Builder response(HttpUrl base, String conversationId, String responseId) {
        return conversation(base, conversationId).addPathSegment("responses").addPathSegment(responseId);
    }

    private JsonNode call(Function<HttpUrl, Request> question) throws IOException {
        for (int tries = 1; ; tries++) {
            HttpUrl base = gateways.current();
            boolean last = tries >= gateways.count();
            try {
                return call(last ? http : prompt, question.apply(base));
            } catch (GatewayUnreachable e) {
                gateways.next(base);
                if (last) {
                    throw e;
                }
            }
        }
    }

    private JsonNode call(OkHttpClient client, Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
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
