package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP connection is doing.
 *
 * <pre>
 *   Waiting ──head──▶ Receiving ──whole──▶ Answering ──answer──▶ Waiting   (keep-alive)
 *                         │                    ├──events──▶ Streaming ──end──▶ Waiting
 *                         │                    └──upgrade──▶ Gone            (another protocol's handlers go on)
 *                         └──too large, refused──▶ Lingering ──▶ Gone
 * </pre>
 */
sealed interface ConnectionState {

    /** Nothing of a request has come yet. */
    record Waiting() implements ConnectionState {}

    /** A request's head is here, its body is coming. */
    final class Receiving implements ConnectionState {
        final HttpRequest head;
        final Router.Match match;
        final @Nullable Problem refusal;
        final ByteBuf body;
        private @Nullable Reservation held;
        final Reservation memory;

        Receiving(HttpRequest head, Router.Match match, @Nullable Problem refusal, ByteBuf body, Reservation memory) {
            this.head = head;
            this.match = match;
            this.refusal = refusal;
            this.body = body;
            this.memory = memory;
            this.held = memory;
        }

        /** What the request has taken, which is the taker's to give back from now on. */
        Reservation handOver() {
            held = null;
            return memory;
        }

        void release() {
            body.release();
            if (held != null) {
                held.close();
            }
        }
    }

    /** A whole request is with its handler; what comes after it waits. */
    record Answering(HttpRequest head, String template, Reservation memory) implements ConnectionState {}

    /** Events are going out. */
    record Streaming(SseStream stream, boolean keepAlive) implements ConnectionState {}

    /** The last answer is out; what the client still sends is thrown away, lest a reset overtakes the answer. */
    record Lingering() implements ConnectionState {}

    /** Nothing more happens here. */
    record Gone() implements ConnectionState {}
}
