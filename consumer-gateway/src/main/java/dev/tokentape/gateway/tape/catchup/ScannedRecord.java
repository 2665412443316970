package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.segment.TapeRecord;
import org.jspecify.annotations.Nullable;

/** A record as a pass comes across it: whose it is and what it costs; decoded only where somebody wants it. */
public interface ScannedRecord {

    long offset();

    /** Null where the record does not say. */
    @Nullable
    String conversationId();

    /** Of key and value, as read. */
    int bytes();

    /** Null if nobody can understand it. */
    @Nullable
    TapeRecord decode();
}
