package dev.tokentape.producer.provider.wire;

import dev.tokentape.producer.provider.api.Framing;
import java.io.IOException;
import okio.Source;

/** Cuts one body into wire events, on the calling thread. */
@FunctionalInterface
public interface BodyReader {

    /**
     * Reads until the body ends or no more is wanted.
     *
     * @throws IOException if the body cannot be read on: a time-out, an event that is too large, a frame that is
     *     corrupt
     */
    void read(WireEvents events) throws IOException;

    /** @param maxEventBytes most bytes of one event, and so of what is held in memory */
    static BodyReader of(Framing framing, Source body, int maxEventBytes) {
        return switch (framing) {
            case SERVER_SENT_EVENTS -> new ServerSentEvents(body, maxEventBytes);
            case JSON_LINES -> new JsonLines(body, maxEventBytes);
            case AWS_EVENT_STREAM -> new AwsFrames(body, maxEventBytes);
        };
    }
}
