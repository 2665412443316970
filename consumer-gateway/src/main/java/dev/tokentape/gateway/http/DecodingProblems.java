package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** What to say about bytes that are no HTTP request, or too long a one. */
final class DecodingProblems {

    private static final String NO_REQUEST =
            "the bytes are not an HTTP/1.1 request: its first line, a header, Content-Length or Transfer-Encoding is not as RFC 9112 wants it";

    static final int MAX_LINE_BYTES = 8 * 1024;
    static final int MAX_HEADER_BYTES = 16 * 1024;

    private DecodingProblems() {}

    static Problem tls() {
        return Problem.malformedRequest(
                "the bytes are the beginning of TLS, and the gateway speaks plain HTTP at this port; ask with http://, or give the gateway a certificate (gateway.tls.certificate)");
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
