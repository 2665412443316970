package dev.tokentape.processor.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.failure.Wordless;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The internal HTTP server of one processor: turns of a conversation, and single answers, as JSON; and the list of the
 * conversations that this instance holds. Of single conversations any instance answers for all: what another one holds
 * is fetched from there. For gateways, not for the world; it binds to the loopback address by default and knows no
 * users.
 *
 * <p>Each request has a virtual thread.
 */
public final class InternalHttp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InternalHttp.class);

    private static final String CONVERSATIONS = "/internal/v1/conversations";
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;
    private static final Pattern CONVERSATION = Pattern.compile("/internal/v1/conversations/([^/]+)");
    private static final Pattern RESPONSE = Pattern.compile("/internal/v1/conversations/([^/]+)/responses/([^/]+)");
    private static final Pattern OWN_NAMES =
            Pattern.compile("(localhost|127(\\.\\d+){3}|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);
    private static final String FORWARDED = "X-Tokentape-Forwarded";
    private static final String MOVING =
            "The conversation's partition is being moved between processors; ask again soon.";
    private static final String STARTING = "This processor is starting; ask again soon.";
    /** Less than a gateway waits, so that it is told why. */
    private static final Duration PROXY_TIMEOUT = Duration.ofSeconds(3);

    private static final JsonFactory JSON = new JsonFactory();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient peers;
    private final String host;
    private volatile @Nullable TurnReader turns;
    private volatile @Nullable HostInfo self;

    private InternalHttp(HttpServer server, String host) {
        this.server = server;
        this.host = host;
        this.peers = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(2))
                .executor(threads)
                .build();
    }

    /**
     * Binds and listens; until {@link #serve} every answer is 503.
     *
     * @param port 0 takes any free one
     * @throws IOException if the address cannot be bound
     */
    public static InternalHttp bind(String host, int port) throws IOException {
        InternalHttp http = new InternalHttp(HttpServer.create(new InetSocketAddress(host, port), 0), host);
        http.server.setExecutor(http.threads);
        http.server.createContext("/", http::handle);
        http.server.start();
        return http;
    }

    /** Where it listens. */
    public URI url() {
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return URI.create("http://" + literal + ":" + server.getAddress().getPort());
    }

    /** @param ownAddress how this instance is named among the processors */
    public void serve(TurnReader reader, HostInfo ownAddress) {
        self = ownAddress;
        turns = reader;
    }

    @Override
    public void close() {
        server.stop(0);
        peers.shutdownNow();
        threads.shutdownNow();
        peers.close();
        threads.close();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            route(exchange);
        } catch (IOException e) {
            log.atDebug().addKeyValue("cause", Wordless.of(e).kinds()).log("a reader of internal HTTP went away");
        } catch (RuntimeException e) {
            log.warn("an internal HTTP request failed", Wordless.of(e));
        }
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Matcher conversation = CONVERSATION.matcher(path);
        Matcher response = RESPONSE.matcher(path);
        if (!isAddressedToUs(exchange)) {
            problem(exchange, 421, "misdirected", "This address serves only the names of the machine itself.");
        } else if (!exchange.getRequestMethod().equals("GET")) {
            problem(exchange, 405, "method-not-allowed", "Only GET is known here.");
        } else if (path.equals(CONVERSATIONS)) {
            writeConversations(exchange);
        } else if (conversation.matches()) {
            String id = decoded(conversation.group(1));
            at(exchange, id, reader -> writeConversation(exchange, reader, id));
        } else if (response.matches()) {
            ResponseKey key = new ResponseKey(decoded(response.group(1)), decoded(response.group(2)));
            at(exchange, key.conversationId(), reader -> writeResponse(exchange, reader, key));
        } else {
            problem(exchange, 404, "not-found", "There is nothing at this address.");
        }
    }

    /** Behind loopback, any other name is from a web page that made it point here to read what it may not. */
    private boolean isAddressedToUs(HttpExchange exchange) {
        String name = exchange.getRequestHeaders().getFirst("Host");
        return !server.getAddress().getAddress().isLoopbackAddress()
                || (name != null && OWN_NAMES.matcher(name).matches());
    }

    private interface Answer {
        void write(TurnReader reader) throws IOException;
    }

    private void at(HttpExchange exchange, String conversationId, Answer answer) throws IOException {
        TurnReader reader = turns;
        if (reader == null) {
            problem(exchange, 503, "starting", STARTING);
            return;
        }
        HostInfo owner = reader.owner(conversationId);
        if (owner == null) {
            problem(exchange, 503, "moving", MOVING);
        } else if (owner.equals(self)) {
            try {
                answer.write(reader);
            } catch (InvalidStateStoreException _) {
                if (exchange.getResponseCode() == -1) {
                    problem(exchange, 503, "moving", MOVING);
                }
            }
        } else if (exchange.getRequestHeaders().containsKey(FORWARDED)) {
            // The two disagree on who owns it, which passes; passing the request back would not end.
            problem(exchange, 503, "moving", MOVING);
        } else {
            proxy(exchange, owner);
        }
    }

    /** Those of this instance alone: who wants all asks every instance. */
    private void writeConversations(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        String after = query.getOrDefault("after", "");
        String limit = query.getOrDefault("limit", String.valueOf(PAGE));
        if (!limit.matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit) > LARGEST_PAGE) {
            problem(exchange, 400, "invalid-limit", "limit must be a number from 1 to " + LARGEST_PAGE + ".");
            return;
        }
        TurnReader.Held held;
        try {
            TurnReader reader = turns;
            if (reader == null) {
                problem(exchange, 503, "starting", STARTING);
                return;
            }
            held = reader.conversations(after, Integer.parseInt(limit));
        } catch (InvalidStateStoreException _) {
            problem(exchange, 503, "moving", MOVING);
            return;
        }
        List<ConversationList.Listed> page = held.conversations();
        try (JsonGenerator json = JSON.createGenerator(new LazyBody(exchange))) {
            json.writeStartObject();
            json.writeArrayFieldStart("conversations");
            for (ConversationList.Listed listed : page) {
                json.writeStartObject();
                json.writeStringField("conversation_id", listed.conversationId());
                json.writeNumberField("turns", listed.turns());
                json.writeStringField("updated_at", String.valueOf(listed.updatedAt()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField(
                    "next",
                    page.size() < Integer.parseInt(limit)
                            ? null
                            : page.getLast().conversationId());
            json.writeArrayFieldStart("partitions");
            for (int partition : held.partitions()) {
                json.writeNumber(partition);
            }
            json.writeEndArray();
            json.writeNumberField("of", held.of());
            json.writeEndObject();
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        String raw = exchange.getRequestURI().getRawQuery();
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private void writeConversation(HttpExchange exchange, TurnReader reader, String id) throws IOException {
        LazyBody body = new LazyBody(exchange);
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("conversation_id", id);
            json.writeArrayFieldStart("turns");
            reader.forEachTurn(id, turn -> ResponseJson.write(json, turn));
            json.writeEndArray();
            json.writeEndObject();
        } catch (InvalidStateStoreException e) {
            body.abandon();
            throw e;
        }
    }

    private void writeResponse(HttpExchange exchange, TurnReader reader, ResponseKey key) throws IOException {
        Response response = reader.response(key);
        if (response == null) {
            problem(exchange, 404, "unknown-response", "No response with this id has ended in this conversation.");
            return;
        }
        try (JsonGenerator json = JSON.createGenerator(new LazyBody(exchange))) {
            ResponseJson.write(json, response);
        }
    }

    private void proxy(HttpExchange exchange, HostInfo owner) throws IOException {
        String ownerHost = owner.host().indexOf(':') >= 0 ? "[" + owner.host() + "]" : owner.host();
        URI uri = URI.create("http://" + ownerHost + ":" + owner.port()
                + exchange.getRequestURI().getRawPath());
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header(FORWARDED, "1")
                .timeout(PROXY_TIMEOUT)
                .build();
        try {
            HttpResponse<InputStream> answer = peers.send(request, HttpResponse.BodyHandlers.ofInputStream());
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            answer.headers().firstValue("Content-Type").orElse("application/json"));
            exchange.sendResponseHeaders(answer.statusCode(), 0);
            try (InputStream from = answer.body();
                    OutputStream to = exchange.getResponseBody()) {
                from.transferTo(to);
            }
        } catch (IOException e) {
            if (exchange.getResponseCode() != -1) {
                throw e;
            }
            problem(exchange, 503, "owner-unreachable", "The processor that holds the conversation did not answer.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String decoded(String segment) {
        // A plus is a plus in a path; only in forms is it a space.
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void problem(HttpExchange exchange, int status, String type, String detail) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        if (status == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        exchange.sendResponseHeaders(status, 0);
        try (JsonGenerator json = JSON.createGenerator(exchange.getResponseBody())) {
            json.writeStartObject();
            json.writeStringField("type", "urn:tokentape:problem:" + type);
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
            json.writeEndObject();
        }
    }
}
