package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.time.Duration;

/** What a client is told whose bytes are no HTTP request, too long a one, or come too slowly. */
final class RequestProblems {

    private static final String NO_REQUEST =
            "the bytes are not an HTTP/1.1 request: its first line, a header, Content-Length or "
                    + "Transfer-Encoding is not as RFC 9112 wants it";

    static final int MAX_LINE_BYTES = 8 * 1024;
    static final int MAX_HEADER_BYTES = 16 * 1024;

    private RequestProblems() {}

    static Problem tls() {
        return Problem.malformedRequest(
                "the bytes are the beginning of TLS, and the gateway speaks plain HTTP at this port; ask "
                        + "with http://, or give the gateway a certificate (gateway.tls.certificate)");
    }

    /** @param time that the client had */
    static Problem tooSlow(Duration time) {
        return new Problem(
                "request-timeout",
                "The request took too long to arrive",
                408,
                "the request did not arrive within %s; send it at once".formatted(time));
    }

    static Problem of(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ ->
                new Problem(
                        "uri-too-long",
                        "The address is too long",
                        414,
                        "the request line has more than %d bytes".formatted(MAX_LINE_BYTES));
            case TooLongHttpHeaderException _ ->
                new Problem(
                        "headers-too-large",
                        "The headers are too large",
                        431,
                        "the headers have more than %d bytes together".formatted(MAX_HEADER_BYTES));
            default -> Problem.malformedRequest(NO_REQUEST);
        };
    }
}
