package dev.tokentape.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import io.netty.channel.ChannelHandlerContext;
import java.util.Map;
import java.util.function.Consumer;

/** What a request is answered with. */
public sealed interface HttpAnswer {

    /** Gives back what the answer holds, because the client has gone. */
    default void discard() {}

    /** An answer in one piece. */
    record Whole(int status, String contentType, byte[] body, Map<String, String> headers) implements HttpAnswer {
        public Whole(int status, String contentType, byte[] body) {
            this(status, contentType, body, Map.of());
        }
    }

    /** An endless one: events as they come. */
    record Events(SseStream stream, Map<String, String> headers) implements HttpAnswer {
        @Override
        public void discard() {
            stream.close();
        }
    }

    /**
     * The connection goes on in another protocol.
     *
     * @param headers of the 101 answer
     * @param install given the HTTP codec's context, adds the protocol's handlers after it; the HTTP ones are removed
     * then
     */
    record Upgrade(Map<String, String> headers, Consumer<ChannelHandlerContext> install) implements HttpAnswer {}

    static Whole json(int status, byte[] body) {
        return new Whole(status, "application/json", body);
    }

    static Whole text(int status, String text) {
        return new Whole(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
    }

    static Whole empty(int status, Map<String, String> headers) {
        return new Whole(status, "", new byte[0], headers);
    }

    static Whole of(Problem problem) {
        return new Whole(problem.status(), Problem.CONTENT_TYPE, problem.json(), problem.headers());
    }
}
