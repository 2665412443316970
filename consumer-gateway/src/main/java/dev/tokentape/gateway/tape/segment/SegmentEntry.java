package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.Frame;

/**
 * One record of a conversation as readers find it: encoded, and judged by the fold of the log it stands in. Repeats and
 * early ones are kept too, since another reader's expectations may judge them otherwise.
 *
 * @param position its number in its {@link EntryLog}, from 0
 * @param kind what it is to a reader whose expectations are those of the log
 * @param offset in Kafka; a {@link Kind#GAP} has that of the record before it
 * @param response fingerprint of its response
 * @param seconds when it was published, since 1970
 * @param frame encoded, with the cursor of one who has the log's expectations
 */
public record SegmentEntry(
        long position,
        Kind kind,
        long offset,
        long response,
        long sequence,
        boolean terminal,
        long seconds,
        long timestamp,
        Frame frame) {

    /** Bytes of an entry beside its encoded event: objects, references, headers. */
    private static final int OVERHEAD = 176;

    public enum Kind {
        NEXT,
        REPEAT,
        EARLY,
        /** No record: here the missing part of a response was given up. */
        GAP
    }

    public long bytes() {
        return (long) OVERHEAD + frame.json().length + frame.cursor().length();
    }
}
