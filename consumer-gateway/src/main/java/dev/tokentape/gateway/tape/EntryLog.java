package dev.tokentape.gateway.tape;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one conversation in order, appended by one thread and read by any number of others without locks.
 *
 * <p>Entries lie in chunks. The writer fills a place, then publishes it by writing {@link #last}; a reader looks only at
 * places up to there. Chunks are evicted from the old end as a whole: their array is let go, so that a reader who stands
 * there pins nothing, and finds out when it reads on.
 */
final class EntryLog {

    private static final int SMALLEST_CHUNK = 8;
    private static final int LARGEST_CHUNK = 64;

    /** Neighbouring entries that come and go together. */
    static final class Chunk {
        private final long base;

        /** Cursor of the place before the first entry. */
        private final String cursorBefore;

        private volatile @Nullable Entry @Nullable [] entries;
        private volatile @Nullable Chunk next;
        private volatile long newestOffset;
        private volatile int limit;
        private int used;
        private long bytes;
        private long newestTimestamp;

        private Chunk(long base, String cursorBefore, int capacity) {
            this.base = base;
            this.cursorBefore = cursorBefore;
            this.entries = new Entry[capacity];
            this.limit = capacity;
        }

        long base() {
            return base;
        }

        String cursorBefore() {
            return cursorBefore;
        }

        int limit() {
            return limit;
        }

        /** Null once evicted. */
        @Nullable
        Entry @Nullable [] entries() {
            return entries;
        }

        @Nullable
        Chunk next() {
            return next;
        }

        /** Bytes held; for the writer. */
        long bytes() {
            return bytes;
        }

        /** Kafka's newest time among its entries, milliseconds; for the writer. */
        long newestTimestamp() {
            return newestTimestamp;
        }

        /** Offset of the newest entry. */
        long newestOffset() {
            return newestOffset;
        }
    }

    private volatile @Nullable Entry last;
    private volatile @Nullable Chunk first;
    private @Nullable Chunk filling;

    /** The newest entry, also if its chunk was evicted; null before the first. */
    @Nullable
    Entry last() {
        return last;
    }

    /** Position of the next entry to come. */
    long end() {
        Entry newest = last;
        return newest == null ? 0 : newest.position() + 1;
    }

    /** The oldest chunk held. */
    @Nullable
    Chunk first() {
        return first;
    }

    /**
     * Appends; for the writer only.
     *
     * @param cursorBefore cursor of the place before the entry
     * @return the chunk, if a new one was begun
     */
    @Nullable
    Chunk append(Entry entry, String cursorBefore) {
        Chunk full = filling;
        Chunk fresh = null;
        if (full == null || full.used == full.limit) {
            int capacity = full == null ? SMALLEST_CHUNK : Math.min(LARGEST_CHUNK, full.limit * 2);
            fresh = new Chunk(entry.position(), cursorBefore, capacity);
            if (full == null) {
                first = fresh;
            } else {
                full.next = fresh;
            }
            filling = fresh;
        }
        Chunk chunk = Objects.requireNonNull(filling);
        @Nullable Entry[] entries = chunk.entries;
        if (entries == null) {
            throw new IllegalStateException("appending to an evicted chunk");
        }
        entries[chunk.used++] = entry;
        chunk.bytes += entry.bytes();
        chunk.newestOffset = entry.offset();
        chunk.newestTimestamp = Math.max(chunk.newestTimestamp, entry.timestamp());
        last = entry;
        return fresh;
    }

    /** Lets the oldest chunk go; for the writer only. */
    void evictFirst() {
        Chunk chunk = first;
        if (chunk == null) {
            return;
        }
        first = chunk.next;
        if (chunk == filling) {
            filling = null;
        }
        chunk.limit = chunk.used;
        chunk.entries = null;
        chunk.next = null;
    }

    /** The chunk of a position, or the one in which it will come; null if it was evicted or nothing is held. */
    @Nullable
    Chunk chunkOf(long position) {
        while (true) {
            Chunk oldest = first;
            for (Chunk chunk = oldest; chunk != null && position >= chunk.base; chunk = chunk.next) {
                if (position < chunk.base + chunk.limit) {
                    return chunk;
                }
            }
            // An eviction under way cuts the chain that is being walked: then walk again from where it now begins.
            if (oldest == first) {
                return null;
            }
        }
    }

    /** The oldest chunk that holds an entry of this offset or a later one; null if none does. */
    @Nullable
    Chunk chunkAtOffset(long offset) {
        while (true) {
            Chunk oldest = first;
            Chunk chunk = oldest;
            while (chunk != null && chunk.newestOffset < offset) {
                chunk = chunk.next;
            }
            if (chunk != null || oldest == first) {
                return chunk;
            }
        }
    }
}
