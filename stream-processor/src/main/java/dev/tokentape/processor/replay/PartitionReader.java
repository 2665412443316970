package dev.tokentape.processor.replay;

import org.jspecify.annotations.Nullable;

/** Reads stretches of a partition outside the stream's own order. */
public interface PartitionReader {

    /** Is shown one record. */
    @FunctionalInterface
    interface Visitor {
        /** @param timestamp milliseconds since 1970 UTC */
        void record(long offset, long timestamp, byte @Nullable [] key, byte[] value);
    }

    /**
     * The offset of the record that a group will read next; {@link dev.tokentape.schemas.event.Envelope#NONE} if it has
     * not said so, or it cannot be told now.
     */
    long committed(String group, String topic, int partition);

    /**
     * Reads from an offset, or from the oldest record left, up to another. Holes are passed over; records without a
     * value are too.
     *
     * @param until exclusive; must exist, or have existed, in the partition
     * @throws PartitionReadException if the broker gives nothing for too long
     */
    void readRange(String topic, int partition, long from, long until, Visitor visitor);

    /**
     * Reads from the first record at or after a moment up to where the partition ends now.
     *
     * @param timestamp milliseconds since 1970 UTC
     * @throws PartitionReadException if the broker gives nothing for too long
     */
    void readSince(String topic, int partition, long timestamp, Visitor visitor);
}
