package dev.tokentape.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket of Java's own client; messages wait in a queue. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private final LinkedBlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final WebSocket socket;

    SocketClient(HttpClient client, URI gateway, String... headers) {
        WebSocket.Builder builder = client.newWebSocketBuilder().subprotocols("tokentape.v1");
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        socket = builder.buildAsync(
                        URI.create(("https".equals(gateway.getScheme()) ? "wss://" : "ws://") + gateway.getAuthority()
                                + "/v1/stream"),
                        this)
                .join();
    }

    void say(String json) {
        socket.sendText(json, true).join();
    }

    JsonNode next() throws InterruptedException {
        JsonNode next = messages.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new IllegalStateException("no message came");
        }
        return next;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            messages.add(TestGateway.json(partial.toString()));
            partial.setLength(0);
        }
        webSocket.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
