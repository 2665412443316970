package dev.tokentape.benchmarks.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the load generator is told on its standard input, one JSON object a line. It answers each with a
 * {@link LoadReport}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Order.Open.class, name = "open"),
    @JsonSubTypes.Type(value = Order.Await.class, name = "await"),
    @JsonSubTypes.Type(value = Order.Reset.class, name = "reset"),
    @JsonSubTypes.Type(value = Order.Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = Order.Close.class, name = "close")
})
public sealed interface Order {

    /**
     * Opens streams and answers when all have begun, or failed.
     *
     * @param tls whether to speak TLS; any certificate will do
     * @param token what readers say who they are with; null where nobody asks
     * @param streams which, and how many readers each has
     * @param atOnce how many connections may be on their way at a time
     */
    record Open(int port, boolean tls, @Nullable String token, List<Stream> streams, int atOnce) implements Order {}

    /** A path, and how many read it. */
    record Stream(String path, int readers) {}

    /** Waits until so many events have come since the last reset, or so long. */
    record Await(long events, long millis) implements Order {}

    /** Counts from zero. */
    record Reset() implements Order {}

    /** Opens every reader that has lost its stream again, with its cursor, all at once; answers when all have begun. */
    record Resume(int port, boolean tls) implements Order {}

    /** Closes all readers, and forgets them. */
    record Close() implements Order {}
}
