package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;
import java.nio.ByteBuffer;

/**
 * What a small store keeps of a response: where in the journal it lies. All that a replay needs to know where to begin.
 *
 * @param first journal offset of the record that made it known
 * @param firstTime journal time of that record; microseconds since 1970 UTC
 * @param terminal journal offset of the record that ended it; {@link Envelope#NONE} while it is open
 * @param endedAt journal time of that record; {@link Envelope#NONE} while it is open
 * @param version of the fold that opened it, see {@link FoldLimits#version}
 */
public record IndexEntry(long first, long firstTime, long terminal, long endedAt, int version) {

    private static final byte FORMAT = 1;
    private static final int BYTES = 1 + 4 * Long.BYTES + Integer.BYTES;

    public static IndexEntry opened(long offset, long time, int version) {
        return new IndexEntry(offset, time, Envelope.NONE, Envelope.NONE, version);
    }

    public IndexEntry ended(long offset, long time) {
        return new IndexEntry(first, firstTime, offset, time, version);
    }

    public boolean isOpen() {
        return terminal == Envelope.NONE;
    }

    /** Whether it had not ended yet before the record at this offset was folded. */
    public boolean isOpenAt(long offset) {
        return isOpen() || terminal >= offset;
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(FORMAT)
                .putLong(first)
                .putLong(firstTime)
                .putLong(terminal)
                .putLong(endedAt)
                .putInt(version)
                .array();
    }

    /** @throws IllegalArgumentException if the bytes are of another format */
    public static IndexEntry of(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (bytes.length != BYTES || from.get() != FORMAT) {
            throw new IllegalArgumentException("not a response index entry of format " + FORMAT);
        }
        return new IndexEntry(from.getLong(), from.getLong(), from.getLong(), from.getLong(), from.getInt());
    }
}
