package dev.tokentape.producer.journal;

import dev.tokentape.schemas.topic.RecordLimits;

/**
 * One record of the journal, encoded and not yet sent.
 *
 * @param conversationId the record's key
 * @param value the record's value in the wire format; never changed after
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; copied by nobody.
public record Entry(String conversationId, byte[] value) {

    /** What a record costs in memory beside its value: key, headers, batch and bookkeeping, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    /** Whether no topic takes a record of this size. */
    public boolean tooLarge() {
        return value.length > RecordLimits.MAX_VALUE_BYTES;
    }

    /** Bytes it holds in memory until it is acknowledged, roughly. */
    int cost() {
        return value.length + OVERHEAD_BYTES;
    }
}
