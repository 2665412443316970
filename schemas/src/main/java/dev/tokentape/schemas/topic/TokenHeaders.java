package dev.tokentape.schemas.topic;

import dev.tokentape.schemas.event.Envelope;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** What travels beside an event on {@code llm.tokens}, outside its identity. */
public final class TokenHeaders {

    /** When the event was put on the topic: microseconds since 1970 UTC, eight bytes big-endian. */
    public static final String PUBLISHED_AT = "published_at_us";

    private TokenHeaders() {}

    public static void setPublishedAt(Headers headers, long micros) {
        headers.remove(PUBLISHED_AT);
        headers.add(
                PUBLISHED_AT, ByteBuffer.allocate(Long.BYTES).putLong(micros).array());
    }

    /** Microseconds since 1970 UTC; {@link Envelope#NONE} where the header is missing or malformed. */
    public static long publishedAt(Headers headers) {
        Header header = headers.lastHeader(PUBLISHED_AT);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? Envelope.NONE
                : ByteBuffer.wrap(header.value()).getLong();
    }
}
