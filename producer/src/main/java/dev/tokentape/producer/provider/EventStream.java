package dev.tokentape.producer.provider;

import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Queue;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * One body of server-sent events on its way through okhttp-sse and a reducer into a sink, all on the calling thread: a
 * sink that blocks stops the reading, and with it the provider.
 */
final class EventStream extends EventSourceListener {

    private static final MediaType EVENT_STREAM = MediaType.get("text/event-stream");

    private final FramedSource source;
    private final Answer answer;
    private final Reducer reducer;
    private final Queue<TokenEvent> written;
    private final EventSink sink;
    private @Nullable InterruptedException interruption;
    private @Nullable Throwable failure;

    /** @param written where the answer puts its events */
    EventStream(FramedSource source, Answer answer, Reducer reducer, Queue<TokenEvent> written, EventSink sink) {
        this.source = source;
        this.answer = answer;
        this.reducer = reducer;
        this.written = written;
        this.sink = sink;
    }

    /**
     * Reads to the end of the answer, of the body, or of the connection; {@link #finish} then ends the answer.
     *
     * @throws InterruptedException if the sink, or this thread, was interrupted
     */
    void read(Response response) throws InterruptedException {
        ResponseBody body = ResponseBody.create(Okio.buffer(source), EVENT_STREAM, -1);
        EventSources.processResponse(response.newBuilder().body(body).build(), this);
        if (interruption != null) {
            throw interruption;
        }
        boolean late = failure instanceof SocketTimeoutException;
        if (Thread.interrupted() || failure instanceof InterruptedIOException && !late) {
            InterruptedException interrupted = new InterruptedException("interrupted while reading an answer");
            interrupted.initCause(failure);
            throw interrupted;
        }
    }

    /** Ends the answer, if it has not ended itself, by what ended the reading. */
    void finish() {
        switch (failure) {
            case FramedSource.OversizeEventException e ->
                answer.fail(
                        ErrorPhase.PARSE,
                        "event_too_large",
                        "The provider sent %s.".formatted(e.getMessage()),
                        null,
                        false);
            case SocketTimeoutException _
            when !reducer.whole() ->
                answer.fail(
                        answer.progress(),
                        "upstream_timeout",
                        "The provider fell silent, or the answer took longer than allowed. Ask again, or raise the provider's time-outs.",
                        null,
                        true);
            case IOException _ -> reducer.end();
            case null -> reducer.end();
            default -> throw new IllegalStateException("reading an answer failed by an error of our own", failure);
        }
    }

    @Override
    public void onEvent(EventSource eventSource, @Nullable String id, @Nullable String type, String data) {
        if (interruption != null) {
            return;
        }
        reducer.event(type, data, source.completed());
        try {
            drain(written, sink);
        } catch (InterruptedException e) {
            interruption = e;
            source.stop();
        }
        if (answer.ended()) {
            source.stop();
        }
    }

    @Override
    public void onFailure(EventSource eventSource, @Nullable Throwable t, @Nullable Response response) {
        failure = t == null ? new IllegalStateException("okhttp-sse refused the response") : t;
    }

    static void drain(Queue<TokenEvent> written, EventSink sink) throws InterruptedException {
        for (TokenEvent event = written.poll(); event != null; event = written.poll()) {
            sink.emit(event);
        }
    }
}
