package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one HTTP/1.1 connection: what it is doing, and the only place where that changes.
 *
 * <pre>
 *   Waiting ──bytes──▶ Arriving ──head──▶ Receiving ──whole──▶ Answering ──answer──▶ Waiting     (keep-alive)
 *      │                  │                   │                    ├──events──▶ Streaming ──end──▶ Waiting
 *      │                  │                   │                    └──upgrade──▶ Gone       (other handlers go on)
 *      └──────────────────┴──refused, too slow┴──▶ Lingering ──time, or the client's end──▶ Gone
 * </pre>
 *
 * Every state may become Gone: the client leaves, or its last answer is out. A request that was sent ahead of the last
 * answer's end goes from Waiting to Receiving at once.
 *
 * <p>Who does what: {@link HttpConnection} hears what happens on the socket and asks for a transition; {@link Dispatch}
 * makes an answer of a request; {@link HttpWriting} makes messages of an answer. Here it is checked that the transition
 * is one from the state that the connection is in; what the state has held is given back as it is left, and the time
 * that the client has in the next begins. Three things are no states, since they hold across them: requests that were
 * read ahead (HttpConnection keeps them), that the server is closing or full ({@link #isLast}), and whether the socket
 * is writable.
 *
 * <p>Belongs to the connection's event loop.
 */
final class ConnectionLife {

    /** What a connection is doing. */
    sealed interface State {

        /** Nothing of a request has come yet. */
        record Waiting() implements State {}

        /** The first bytes of a request's head have come: the rest has to follow soon. */
        record Arriving() implements State {}

        /**
         * A request's head is here, its body is coming.
         *
         * @param refusal what it is answered with once it is whole, if not with what it asks for
         * @param memory what the body has taken of the memory for all
         */
        record Receiving(
                HttpRequest head,
                Router.Match match,
                @Nullable Problem refusal,
                ByteBuf body,
                Reservation memory) implements State {}

        /** A whole request is with its handler; what comes after it waits. */
        record Answering(HttpRequest head, Router.Match match, Reservation memory) implements State {}

        /** Events are going out. */
        record Streaming(SseStream stream, boolean keepAlive) implements State {}

        /** The last answer is out; what the client still sends is thrown away, lest a reset overtakes the answer. */
        record Lingering() implements State {}

        /** Nothing more happens here. */
        record Gone() implements State {}
    }

    private final Duration headerTime;
    private final Duration idleTime;
    private final Deadline deadline;
    private @Nullable EventExecutor loop;
    private State state = new State.Waiting();
    private boolean last;

    /**
     * @param last whether the first answer is the last
     * @param tooSlow told how long the client had
     */
    ConnectionLife(ServerConfig config, boolean last, Consumer<Duration> tooSlow) {
        this.idleTime = config.idleTimeout();
        this.headerTime = config.headerTimeout().compareTo(idleTime) < 0 ? config.headerTimeout() : idleTime;
        this.deadline = new Deadline(tooSlow);
        this.last = last;
    }

    State state() {
        return state;
    }

    /** Whether the connection ends with the answer that is on its way, or the next. */
    boolean isLast() {
        return last;
    }

    /** The socket is open; the client's time begins. */
    void opened(EventExecutor loop) {
        this.loop = loop;
        time(idleTime);
    }

    /** The first bytes of a head are here. */
    void headBegins() {
        become(new State.Arriving());
        time(headerTime);
    }

    /** A head is here. Its body has the time that a whole request has. */
    void receives(HttpRequest head, Router.Match match, @Nullable Problem refusal, ByteBuf body, Reservation memory) {
        become(new State.Receiving(head, match, refusal, body, memory));
        time(idleTime);
    }

    /** The request is whole. What it has taken of the memory stays taken, and is the answerer's to give back. */
    State.Answering answers(State.Receiving request) {
        State.Answering answering = new State.Answering(request.head(), request.match(), request.memory());
        become(answering);
        return answering;
    }

    /** The answer is a stream, and its head is written. */
    void streams(SseStream stream, boolean keepAlive) {
        become(new State.Streaming(stream, keepAlive));
    }

    /** The answer is out, and the client may ask again. */
    void waits() {
        become(new State.Waiting());
        time(idleTime);
    }

    /** The request is refused with an answer that is the last. */
    void lingers() {
        become(new State.Lingering());
    }

    /** The connection is closed, is about to be, or speaks another protocol. */
    void goes() {
        become(new State.Gone());
    }

    /** The server is closing: no request is waited for after this answer. */
    void endsSoon() {
        last = true;
    }

    private void become(State next) {
        if (!follows(state, next)) {
            throw new IllegalStateException("a connection cannot go from %s to %s"
                    .formatted(state.getClass().getSimpleName(), next.getClass().getSimpleName()));
        }
        State left = state;
        state = next;
        deadline.stop();
        switch (left) {
            case State.Receiving request -> {
                request.body().release();
                if (!(next instanceof State.Answering)) {
                    request.memory().close();
                }
            }
            case State.Streaming streaming -> streaming.stream().close();
            case State.Waiting _, State.Arriving _, State.Answering _, State.Lingering _, State.Gone _ -> {}
        }
    }

    private static boolean follows(State before, State next) {
        return switch (next) {
            case State.Waiting _ -> before instanceof State.Answering || before instanceof State.Streaming;
            case State.Arriving _ -> before instanceof State.Waiting;
            case State.Receiving _ -> before instanceof State.Waiting || before instanceof State.Arriving;
            case State.Answering _ -> before instanceof State.Receiving;
            case State.Streaming _ -> before instanceof State.Answering;
            case State.Lingering _ ->
                before instanceof State.Waiting
                        || before instanceof State.Arriving
                        || before instanceof State.Receiving;
            case State.Gone _ -> true;
        };
    }

    private void time(Duration limit) {
        deadline.start(Objects.requireNonNull(loop, "not opened"), limit);
    }
}
