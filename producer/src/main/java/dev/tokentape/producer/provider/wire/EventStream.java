package dev.tokentape.producer.provider.wire;

import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One body on its way through its framing and a reducer into a sink, all on the calling thread: a sink that blocks
 * stops the reading, and with it the provider.
 */
public final class EventStream {

    private final BodyReader body;
    private final Answer answer;
    private final Reducer reducer;
    private final Queue<TokenEvent> written;
    private final EventSink sink;
    private @Nullable InterruptedException interruption;
    private @Nullable IOException failure;

    /** @param written where the answer puts its events */
    public EventStream(BodyReader body, Answer answer, Reducer reducer, Queue<TokenEvent> written, EventSink sink) {
        this.body = body;
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
    public void read() throws InterruptedException {
        try {
            body.read(this::take);
        } catch (IOException e) {
            failure = e;
        }
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

    /**
     * Ends the answer, if it has not ended itself, by what ended the reading.
     *
     * @param lateness says, where it was a time-out, what took too long
     */
    public void finish(Supplier<String> lateness) {
        switch (failure) {
            case OversizeEventException e ->
                answer.fail(
                        ErrorPhase.PARSE,
                        "event_too_large",
                        ("The provider sent %s. Of a picture or sound ask for a smaller or more compressed "
                                        + "one, or for its address; for anything else raise its max-event-bytes.")
                                .formatted(e.getMessage()),
                        null,
                        false);
            case CorruptFrameException e ->
                answer.fail(
                        ErrorPhase.PARSE,
                        "corrupt_frame",
                        "The provider's stream was damaged on its way: %s. Ask again.".formatted(e.getMessage()),
                        null,
                        true);
            case SocketTimeoutException _
            when !reducer.whole() -> answer.fail(answer.progress(), "upstream_timeout", lateness.get(), null, true);
            case IOException _ -> reducer.end();
            case null -> reducer.end();
        }
    }

    private boolean take(@Nullable String name, String data, boolean unterminated) {
        reducer.event(name, data, unterminated);
        try {
            drain(written, sink);
        } catch (InterruptedException e) {
            interruption = e;
        }
        return interruption == null && !answer.ended();
    }

    public static void drain(Queue<TokenEvent> written, EventSink sink) throws InterruptedException {
        for (TokenEvent event = written.poll(); event != null; event = written.poll()) {
            sink.emit(event);
        }
    }
}
