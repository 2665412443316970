package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * An HTTP error as an API sends it.
 *
 * @param headers those which belong to it, besides the content type
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ErrorReply(Map<String, String> headers, byte[] body) {

    public ErrorReply {
        headers = Map.copyOf(headers);
    }

    /** With a {@code retry-after} header, unless the seconds are negative. */
    static ErrorReply withRetryAfter(int seconds, byte[] body) {
        return new ErrorReply(seconds < 0 ? Map.of() : Map.of("retry-after", Integer.toString(seconds)), body);
    }

    static ErrorReply withRetryAfter(int seconds, JsonNode body) {
        return withRetryAfter(seconds, WireJson.bytes(body));
    }
}
