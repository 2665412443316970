package dev.tokentape.producer.provider.wire;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events by okhttp-sse, from a body made fit for it. */
final class ServerSentEvents implements BodyReader {

    private static final MediaType EVENT_STREAM = MediaType.get("text/event-stream");
    private static final Request ANY =
            new Request.Builder().url("http://body.invalid/").build();

    private final FramedSource source;

    ServerSentEvents(Source body, int maxEventBytes) {
        this.source = new FramedSource(new BareJsonSource(new LineFeedSource(body)), maxEventBytes);
    }

    @Override
    public void read(WireEvents events) throws IOException {
        Response response = new Response.Builder()
                .request(ANY)
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("")
                .body(ResponseBody.create(Okio.buffer(source), EVENT_STREAM, -1))
                .build();
        Listener listener = new Listener(events);
        EventSources.processResponse(response, listener);
        listener.rethrow();
    }

    private final class Listener extends EventSourceListener {
        private final WireEvents events;
        private boolean enough;
        private @Nullable Throwable failure;

        private Listener(WireEvents events) {
            this.events = events;
        }

        @Override
        public void onEvent(EventSource eventSource, @Nullable String id, @Nullable String type, String data) {
            if (!enough && !events.event(type, data, source.completed())) {
                enough = true;
                source.stop();
            }
        }

        @Override
        public void onFailure(EventSource eventSource, @Nullable Throwable t, @Nullable Response response) {
            failure = t == null ? new IllegalStateException("okhttp-sse refused the response") : t;
        }

        private void rethrow() throws IOException {
            switch (failure) {
                case null -> {}
                case FramedSource.StoppedException _ -> {}
                case IOException e -> throw e;
                default -> throw new IllegalStateException("reading an answer failed by an error of our own", failure);
            }
        }
    }
}
