package dev.tokentape.integration;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a subscriber has received, frame by frame, over SSE or WebSocket. */
final class EventStream implements AutoCloseable {

    private static final Set<String> TERMINAL = Set.of("message_stop", "error", "cancelled");

    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile int status;
    private Runnable closing = () -> {};

    private EventStream() {}

    static EventStream sse(HttpClient http, URI address, @Nullable String lastEventId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        EventStream stream = new EventStream();
        HttpResponse<Stream<String>> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        stream.status = response.statusCode();
        stream.closing = () -> response.body().close();
        Thread.ofVirtual().start(() -> stream.readLines(response.body()));
        return stream;
    }

    static EventStream webSocket(HttpClient http, URI address, String conversation, String after) {
        EventStream stream = new EventStream();
        WebSocket socket = http.newWebSocketBuilder()
                .subprotocols("tokentape.v1")
                .buildAsync(address, stream.new Listener())
                .join();
        stream.closing = socket::abort;
        socket.sendText(
                        Client.JSON
                                .createObjectNode()
                                .put("type", "subscribe")
                                .put("ref", "1")
                                .put("conversation_id", conversation)
                                .put("after", after)
                                .toString(),
                        true)
                .join();
        await().atMost(Duration.ofSeconds(10)).until(() -> stream.hasFrame("subscribed"));
        return stream;
    }

    int status() {
        return status;
    }

    /** Whether nothing more comes. */
    boolean closed() {
        return ended;
    }

    /** The events so far: frames that carry a sequence, snapshots and gaps. */
    List<JsonNode> events() {
        return frames.stream().filter(frame -> frame.has("id")).toList();
    }

    List<String> cursors() {
        return events().stream().map(frame -> frame.get("id").textValue()).toList();
    }

    List<Long> sequences(String response) {
        return events().stream()
                .filter(frame -> response.equals(frame.path("response_id").textValue()))
                .map(frame -> frame.get("sequence").longValue())
                .toList();
    }

    List<JsonNode> terminals(String response) {
        return events().stream()
                .filter(frame -> response.equals(frame.path("response_id").textValue()))
                .filter(frame -> TERMINAL.contains(frame.get("type").textValue()))
                .toList();
    }

    /** The answer's text as shown: a later attempt's start drops what came before. */
    String text(String response) {
        StringBuilder text = new StringBuilder();
        for (JsonNode frame : events()) {
            if (!response.equals(frame.path("response_id").textValue())) {
                continue;
            }
            switch (frame.get("type").textValue()) {
                case "message_start" -> text.setLength(0);
                case "content_block_delta" -> {
                    if (frame.at("/delta/type").textValue().equals("text")) {
                        text.append(frame.at("/delta/text").textValue());
                    }
                }
                default -> {}
            }
        }
        return text.toString();
    }

    /** Everything about an event but when and where it was read. */
    static String identity(JsonNode frame) {
        return Stream.of("type", "response_id", "attempt", "sequence", "block_index", "delta", "stop_reason", "text")
                .map(field -> frame.path(field).toString())
                .collect(Collectors.joining("|"));
    }

    void awaitEnd(String response) {
        awaitUntil(stream -> !stream.terminals(response).isEmpty());
    }

    void awaitEvents(int count) {
        awaitUntil(stream -> stream.events().size() >= count);
    }

    void awaitClosed() {
        awaitUntil(stream -> stream.ended);
    }

    void awaitUntil(Predicate<EventStream> condition) {
        awaitUntil(Duration.ofSeconds(60), condition);
    }

    void awaitUntil(Duration atMost, Predicate<EventStream> condition) {
        await().atMost(atMost).pollInterval(Duration.ofMillis(5)).until(() -> condition.test(this));
    }

    @Override
    public void close() {
        closing.run();
    }

    private boolean hasFrame(String type) {
        return frames.stream().anyMatch(frame -> frame.path("type").asText().equals(type));
    }

    private void readLines(Stream<String> lines) {
        try (lines) {
            lines.filter(line -> line.startsWith("data:"))
                    .forEach(line -> frames.add(
                            Client.parse(line.substring("data:".length()).strip())));
        } catch (UncheckedIOException _) {
            // The connection was cut, by the test or by a gateway that was stopped.
        } finally {
            ended = true;
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder partial = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(Client.parse(partial.toString()));
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended = true;
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended = true;
        }
    }
}
