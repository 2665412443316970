package dev.tokentape.gateway.tape.segment;

import org.jspecify.annotations.Nullable;

/** Where one reader stands in an {@link EntryLog}: a number, and the chunk it lies in. For one thread at a time. */
public final class LogPosition {

    private final EntryLog log;
    private EntryLog.@Nullable Chunk chunk;
    private long position;
    private boolean evicted;

    private LogPosition(EntryLog log, EntryLog.@Nullable Chunk chunk, long position) {
        this.log = log;
        this.chunk = chunk;
        this.position = position;
    }

    /** Before an entry of this number, which may be yet to come. */
    public static LogPosition at(EntryLog log, long position) {
        return new LogPosition(log, null, position);
    }

    /** At the start of a chunk. */
    public static LogPosition at(EntryLog log, EntryLog.Chunk chunk) {
        return new LogPosition(log, chunk, chunk.base());
    }

    /** The next entry; null if there is none now, or if it is no longer held: then {@link #evicted} says so. */
    @Nullable
    public SegmentEntry next() {
        SegmentEntry newest = log.span().last();
        if (newest == null || position > newest.position()) {
            return null;
        }
        SegmentEntry entry = here();
        if (entry == null) {
            chunk = log.chunkOf(position);
            entry = here();
        }
        if (entry == null) {
            evicted = true;
            return null;
        }
        position++;
        return entry;
    }

    public boolean evicted() {
        return evicted;
    }

    public long position() {
        return position;
    }

    private @Nullable SegmentEntry here() {
        EntryLog.Chunk current = chunk;
        if (current != null && position == current.base() + current.limit()) {
            current = current.next();
            chunk = current;
        }
        if (current == null) {
            return null;
        }
        @Nullable SegmentEntry[] entries = current.entries();
        long index = position - current.base();
        return entries == null || index < 0 || index >= entries.length ? null : entries[(int) index];
    }
}
