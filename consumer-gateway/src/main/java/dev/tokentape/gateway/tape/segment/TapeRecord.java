package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.cursor.Fingerprint;
import dev.tokentape.schemas.event.TokenEvent;

/**
 * A record of {@code llm.tokens}, understood.
 *
 * @param timestamp Kafka's, milliseconds since 1970
 * @param publishedAt from its header, microseconds since 1970; -1 where there is none
 */
public record TapeRecord(long offset, long timestamp, long publishedAt, TokenEvent event) {

    /** When it was published, in seconds since 1970, by Kafka's time where the header is missing. */
    long seconds() {
        return Math.max(0, publishedAt >= 0 ? publishedAt / 1_000_000 : timestamp / 1_000);
    }

    /** Fingerprint of its response. */
    long response() {
        return Fingerprint.of(event.envelope().responseId());
    }
}
