package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.segment.ConversationFold;
import dev.tokentape.gateway.tape.segment.EntryLog;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentEntry;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import dev.tokentape.gateway.tape.wake.Waiters;
import org.jspecify.annotations.Nullable;

/**
 * What one catch-up pass found of one conversation: an entry log that its readers follow as they would a segment, and
 * that ends where the segment takes over, or where the pass could hold no more.
 */
public final class ScanChain {

    /** How the chain ended. */
    public sealed interface End {
        /** The segment holds everything after {@code through}. */
        record AtSegment(long through) implements End {}

        /** Everything up to {@code through} is here; the rest is for a later pass. */
        record Early(long through) implements End {}

        /** The pass went beyond its budget. */
        record Refused() implements End {}
    }

    private final Segment segment;
    private final ConversationFold fold;
    private final EntryLog log;
    private final Waiters waiters = new Waiters();
    private final long from;
    private volatile @Nullable End end;
    private volatile long bytes;

    /** @param from the first offset that the pass reads for it */
    ScanChain(Segment segment, long from, Cursor start) {
        this.segment = segment;
        this.log = new EntryLog(segment.hook());
        this.from = from;
        this.fold = new ConversationFold(
                segment.epoch(),
                segment.partition().number(),
                segment.conversationId(),
                start.offset(),
                start.expectations().copy());
    }

    void append(TapeRecord record) {
        String before = fold.cursor();
        SegmentEntry entry = fold.fold(record);
        log.append(entry, before);
        // Written by the pass alone.
        bytes = bytes() + entry.bytes();
    }

    public void end(End how) {
        end = how;
        waiters.wake();
    }

    /** Lets all entries go: readers who still stand in them find out, and ask for another pass. */
    void evict() {
        while (log.span().first() != null) {
            log.evictFirst();
        }
        waiters.wake();
    }

    Segment segment() {
        return segment;
    }

    public long from() {
        return from;
    }

    public EntryLog log() {
        return log;
    }

    public Waiters waiters() {
        return waiters;
    }

    /** Null while the pass goes on. */
    @Nullable
    public End end() {
        segment.hook().reading();
        return end;
    }

    long bytes() {
        return bytes;
    }
}
