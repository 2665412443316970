package dev.tokentape.gateway.tape;

import org.jspecify.annotations.Nullable;

/**
 * Where one reader stands in its conversation: in the segment, to whose readers it belongs until it {@link #leave leaves}, or
 * in the chain of a catch-up pass; with its cursor, and with what it makes of the entries there. Segment and chain hold every
 * record of the log in order, repeats too, so that reading is the same wherever it happens.
 */
final class Place {

    /** What became of going on after a cursor in the segment. */
    enum Resumed {
        HERE,
        /** The segment does not reach so far back. */
        NOT_HELD,
        /** The record that the cursor names should be there and is not. */
        RECREATED
    }

    private final TapeCore core;
    private final String conversationId;
    private final int partition;
    private final Waiter waiter;
    private final MovingCursor cursor;
    private final EntryJudge judge;
    private Segment segment;
    private LogPosition position;

    /** In the segment, nowhere yet. */
    Place(TapeCore core, ReadRequest request, int partition, Waiter waiter) {
        this.core = core;
        this.conversationId = request.conversationId();
        this.partition = partition;
        this.waiter = waiter;
        this.cursor = new MovingCursor(conversationId, partition);
        this.judge = new EntryJudge(cursor, request.responseId(), core.config(), core::nanos);
        this.segment = core.store().attach(conversationId, partition, waiter);
        this.position = LogPosition.at(segment.log(), 0);
    }

    Segment segment() {
        return segment;
    }

    MovingCursor cursor() {
        return cursor;
    }

    EntryJudge judge() {
        return judge;
    }

    /** The next entry; null if there is none now, or if it is no longer held: then {@link #evicted} says so. */
    @Nullable
    Entry next() {
        return position.next();
    }

    boolean evicted() {
        return position.evicted();
    }

    /** Behind all that the segment has. */
    void toTail() {
        long live = core.store().live(partition);
        Entry last = segment.log().last();
        judge.reset();
        if (last == null) {
            position = LogPosition.at(segment.log(), 0);
            cursor.stand(
                    Cursor.Kind.PLACE, segment.epoch(), live - 1, core.nowhere(conversationId, partition, live - 1));
        } else {
            position = LogPosition.at(segment.log(), last.position() + 1);
            cursor.stand(
                    Cursor.Kind.RECORD,
                    segment.epoch(),
                    last.offset(),
                    last.frame().cursor());
        }
    }

    /** Just before a record that was appended to the segment once; whether it is still there. */
    boolean before(long firstOffset) {
        EntryLog.Chunk chunk = segment.log().chunkAtOffset(firstOffset);
        if (firstOffset < segment.coveredFrom() || chunk == null) {
            return false;
        }
        position = LogPosition.at(segment.log(), chunk);
        cursor.stand(Cursor.Kind.PLACE, segment.epoch(), firstOffset - 1, chunk.cursorBefore());
        judge.skip(firstOffset - 1, false);
        return true;
    }

    /** After a cursor, in the segment, if it reaches so far back. */
    Resumed resume(Cursor after) {
        if (after.offset() + 1 < segment.coveredFrom()) {
            return Resumed.NOT_HELD;
        }
        EntryLog.Chunk chunk = segment.log().chunkAtOffset(after.offset());
        follow(
                after,
                chunk == null
                        ? LogPosition.at(segment.log(), segment.log().end())
                        : LogPosition.at(segment.log(), chunk));
        if (after.offset() < segment.coveredFrom()) {
            // The record was evicted, and only that: nothing is missing, but nothing can be verified either.
            judge.trust();
        }
        boolean missing = judge.unverified()
                && chunk == null
                && after.offset() < core.store().live(partition);
        return missing ? Resumed.RECREATED : Resumed.HERE;
    }

    /** After a cursor that this gateway has not read up to: at the segment's end, to see what comes. */
    void ahead(Cursor after) {
        follow(after, LogPosition.at(segment.log(), segment.log().end()));
    }

    /** After a cursor, in what a pass found. */
    void follow(Cursor after, ScanChain chain) {
        follow(after, LogPosition.at(chain.log(), 0));
        if (chain.from() > after.offset()) {
            judge.trust();
        }
    }

    /** After a cursor, in nothing for now. */
    void hold(Cursor after) {
        cursor.stand(after);
        judge.trust();
    }

    /** Here, but past everything up to an offset, of which nothing is unread. */
    Cursor behind(long through) {
        return judge.unverified() || through <= cursor.offset() ? cursor.cursor() : cursor.past(through);
    }

    /** The cursor of one who reads in the segment: past all that other conversations have written since. */
    String liveCursor() {
        // Read first: what is before it has been appended, so if nothing is unread now, nothing before it ever will be.
        long live = core.store().live(partition);
        return position.position() == segment.log().end() && live - 1 > cursor.offset()
                ? cursor.past(live - 1).text()
                : cursor.text();
    }

    /** Goes over to the segment that has taken the place of one that is lost. */
    void moveToNewSegment() {
        leave();
        segment = core.store().attach(conversationId, partition, waiter);
    }

    void leave() {
        core.store().detach(segment, waiter);
    }

    private void follow(Cursor after, LogPosition from) {
        cursor.stand(after);
        position = from;
        judge.skip(after.offset(), after.kind() == Cursor.Kind.RECORD);
    }
}
