package dev.tokentape.cli.client;

import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/** One connection by server-sent events. */
final class SseConnection extends EventSourceListener implements Connection {

    private static final int NO_CONTENT = 204;

    private final StreamListener listener;
    private volatile boolean closed;
    private volatile @Nullable EventSource source;

    private SseConnection(StreamListener listener) {
        this.listener = listener;
    }

    static Connection open(OkHttpClient client, HttpUrl url, @Nullable String after, StreamListener listener) {
        Request.Builder request = new Request.Builder().url(url).header("Accept", "text/event-stream");
        if ("start".equals(after) || "now".equals(after)) {
            request.url(url.newBuilder().setQueryParameter("after", after).build());
        } else if (after != null) {
            request.header("Last-Event-ID", after);
        }
        SseConnection connection = new SseConnection(listener);
        connection.source = EventSources.createFactory(client).newEventSource(request.build(), connection);
        return connection;
    }

    @Override
    public void onOpen(EventSource eventSource, Response response) {
        if (!closed) {
            listener.opened();
        }
    }

    @Override
    public void onEvent(EventSource eventSource, @Nullable String id, @Nullable String type, String data) {
        if (!closed) {
            listener.frame(EventFrame.parse(data, EventFrame.nowMicros()));
        }
    }

    @Override
    public void onClosed(EventSource eventSource) {
        if (!closed) {
            closed = true;
            listener.lost(LostConnection.broken("the gateway closed the stream"));
        }
    }

    @Override
    public void onFailure(EventSource eventSource, @Nullable Throwable failure, @Nullable Response response) {
        if (closed) {
            return;
        }
        closed = true;
        int status = response == null ? 0 : response.code();
        if (status == NO_CONTENT) {
            listener.ended();
        } else if (response != null && status >= 400) {
            listener.lost(LostConnection.refused(GatewayProblem.of(response)));
        } else {
            listener.lost(LostConnection.broken(
                    failure == null && status != 0
                            ? "it answered HTTP " + status + " and no event stream"
                            : GatewayUnreachable.words(failure)));
        }
    }

    @Override
    public void close() {
        closed = true;
        EventSource open = source;
        if (open != null) {
            open.cancel();
        }
    }
}
