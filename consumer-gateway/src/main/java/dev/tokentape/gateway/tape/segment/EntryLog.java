package dev.tokentape.gateway.tape.segment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one conversation in order, appended by one thread and read by any number of others without locks.
 *
 * <p>Entries lie in chunks. What the log holds is one immutable {@link Span}, which the writer replaces as the last
 * thing it does when it appends, and as the first when it evicts; a reader takes it once, and asks it all that belongs
 * together. Chunks are evicted from the old end as a whole: their array is dropped, so that a reader who stands there
 * pins nothing, and finds out when it reads on.
 */
public final class EntryLog {

    private static final int SMALLEST_CHUNK = 8;
    private static final int LARGEST_CHUNK = 64;
    private static final Span EMPTY = new Span(null, null, -1);

    /** Neighbouring entries that come and go together. */
    static final class Chunk {
        private final long base;

        private volatile @Nullable SegmentEntry @Nullable [] entries;
        private volatile @Nullable Chunk next;
        private volatile long newestOffset = -1;
        private volatile int limit;

        /** Cursor of the place before the first entry. */
        private final String cursorBefore;

        private int used;
        private long bytes;
        private long newestTimestamp;

        private Chunk(long base, String cursorBefore, int capacity) {
            this.base = base;
            this.cursorBefore = cursorBefore;
            this.entries = new SegmentEntry[capacity];
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
        SegmentEntry @Nullable [] entries() {
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

        /** Offset of the newest entry; for the writer. */
        long newestOffset() {
            return newestOffset;
        }
    }

    /**
     * What the log held at one moment.
     *
     * @param first the oldest chunk held
     * @param last the newest entry, also if its chunk was evicted; null before the first
     * @param evictedThrough offset of the newest entry that is no longer held; -1 if all are
     */
    public record Span(@Nullable Chunk first, @Nullable SegmentEntry last, long evictedThrough) {

        /** Position of the next entry to come. */
        long end() {
            return last == null ? 0 : last.position() + 1;
        }
    }

    private final ReadHook hook;
    private volatile Span span = EMPTY;
    private @Nullable Chunk filling;

    public EntryLog(ReadHook hook) {
        this.hook = hook;
    }

    public Span span() {
        hook.reading();
        return span;
    }

    /**
     * Appends; for the writer only.
     *
     * @param cursorBefore cursor of the place before the entry
     * @return the chunk, if a new one was begun
     */
    @Nullable
    public Chunk append(SegmentEntry entry, String cursorBefore) {
        Chunk full = filling;
        Chunk fresh = null;
        if (full == null || full.used == full.limit) {
            int capacity = full == null ? SMALLEST_CHUNK : Math.min(LARGEST_CHUNK, full.limit * 2);
            fresh = new Chunk(entry.position(), cursorBefore, capacity);
            if (full != null) {
                full.next = fresh;
            }
            filling = fresh;
        }
        Chunk chunk = Objects.requireNonNull(filling);
        @Nullable SegmentEntry[] entries = chunk.entries;
        if (entries == null) {
            throw new IllegalStateException("appending to an evicted chunk");
        }
        entries[chunk.used++] = entry;
        chunk.bytes += entry.bytes();
        chunk.newestOffset = entry.offset();
        chunk.newestTimestamp = Math.max(chunk.newestTimestamp, entry.timestamp());
        Span before = span;
        span = new Span(before.first == null ? fresh : before.first, entry, before.evictedThrough);
        return fresh;
    }

    /** Lets the oldest chunk go; for the writer only. */
    public void evictFirst() {
        Span before = span;
        Chunk chunk = before.first;
        if (chunk == null) {
            return;
        }
        if (chunk == filling) {
            filling = null;
        }
        chunk.limit = chunk.used;
        // Said before it is done: a reader that finds the entries gone has seen it, or sees it on its next look.
        span = new Span(chunk.next, before.last, Math.max(before.evictedThrough, chunk.newestOffset));
        chunk.entries = null;
        chunk.next = null;
    }

    /**
     * The place before the oldest entry of this offset or a later one, or, if there is none, behind all that the span
     * has; null if the span has been evicted from meanwhile, so that it cannot tell any more.
     */
    @Nullable
    LogPosition before(long offset, Span at) {
        Chunk chunk = at.first();
        while (chunk != null) {
            hook.reading();
            if (chunk.newestOffset >= offset) {
                return LogPosition.at(this, chunk);
            }
            Chunk following = chunk.next;
            if (following == null && chunk.entries == null) {
                return null;
            }
            chunk = following;
        }
        return LogPosition.at(this, at.end());
    }

    /** The chunk of a position, or the one in which it will come; null if it was evicted or nothing is held. */
    @Nullable
    Chunk chunkOf(long position) {
        while (true) {
            Chunk oldest = span().first();
            for (Chunk chunk = oldest; chunk != null && position >= chunk.base; chunk = chunk.next) {
                hook.reading();
                if (position < chunk.base + chunk.limit) {
                    return chunk;
                }
            }
            // An eviction under way cuts the chain that is being walked: then walk again from where it now begins.
            if (oldest == span().first()) {
                return null;
            }
        }
    }
}
