package dev.tokentape.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/** One WebSocket, subscribed to one conversation. */
final class WebSocketConnection extends WebSocketListener implements Connection {

    static final String PROTOCOL = "tokentape.v1";
    private static final int NORMAL = 1000;
    private static final int FIRST_FINAL_CODE = 4400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String subscription;
    private final StreamListener listener;
    private volatile boolean closed;
    private volatile @Nullable WebSocket socket;

    private WebSocketConnection(String subscription, StreamListener listener) {
        this.subscription = subscription;
        this.listener = listener;
    }

    static Connection open(
            OkHttpClient client, HttpUrl url, String conversationId, @Nullable String after, StreamListener listener) {
        ObjectNode subscribe =
                JSON.createObjectNode().put("type", "subscribe").put("ref", "1").put("conversation_id", conversationId);
        if (after != null) {
            subscribe.put("after", after);
        }
        WebSocketConnection connection = new WebSocketConnection(subscribe.toString(), listener);
        Request request = new Request.Builder()
                .url(url)
                .header("Sec-WebSocket-Protocol", PROTOCOL)
                .build();
        connection.socket = client.newWebSocket(request, connection);
        return connection;
    }

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
        webSocket.send(subscription);
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        if (closed) {
            return;
        }
        EventFrame frame = EventFrame.parse(text, EventFrame.nowMicros());
        switch (frame.type()) {
            case "subscribed" -> listener.opened();
            case "refused" -> {
                closed = true;
                JsonNode problem = frame.json().path("problem");
                GatewayProblem refusal =
                        GatewayProblem.of(problem.path("status").asInt(), problem.toString());
                listener.lost(new LostConnection(String.valueOf(refusal.getMessage()), false, refusal.status()));
                webSocket.close(NORMAL, null);
            }
            case "unsubscribed", "accepted", "cancelling", "pong" -> {
                // Answers to what this client never asks.
            }
            default -> listener.frame(frame);
        }
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
        webSocket.close(NORMAL, null);
        if (!closed) {
            closed = true;
            listener.lost(new LostConnection(
                    "the gateway closed the socket (" + code + " " + reason + ")", code < FIRST_FINAL_CODE, 0));
        }
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable failure, @Nullable Response response) {
        if (closed) {
            return;
        }
        closed = true;
        if (response != null && response.code() >= 400) {
            listener.lost(LostConnection.refused(GatewayProblem.of(response)));
        } else {
            listener.lost(LostConnection.broken(GatewayUnreachable.words(failure)));
        }
    }

    @Override
    public void close() {
        closed = true;
        WebSocket open = socket;
        if (open != null) {
            open.cancel();
        }
    }
}
