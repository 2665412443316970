package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.catchup.ScanChain;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.segment.LogPosition;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentEntry;
import dev.tokentape.gateway.tape.wake.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * Where one reader stands in its conversation: in the segment, to whose readers it belongs until it
 * {@link #leave leaves}, or in the chain of a catch-up pass; with its cursor, and with what it makes of the entries
 * there. Segment and chain hold every record of the log in order, repeats too, so that reading is the same wherever it
 * happens.
 */
final class Place {

    /** What became of going on after a cursor in the segment. */
    enum Resumed {
        HERE,
        /** Here, where this gateway has not read to yet. */
        AHEAD,
        /** The segment does not reach so far back. */
        NOT_HELD,
        /** The record that the cursor names should be there and is not. */
        RECREATED
    }

    private final ReaderSource source;
    private final String conversationId;
    private final Waiter waiter;
    private final MovingCursor cursor;
    private final EntryJudge judge;
    private Segment segment;
    private LogPosition position;

    /** In the segment, nowhere yet. */
    Place(ReaderSource source, ReadRequest request, Waiter waiter) {
        this.source = source;
        this.conversationId = request.conversationId();
        this.waiter = waiter;
        this.segment = source.attach(conversationId, waiter);
        this.position = segment.start();
        this.cursor = new MovingCursor(conversationId, segment.partition().number());
        this.judge = new EntryJudge(cursor, request.responseId(), segment.noHoles(), source::nanos);
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
    SegmentEntry next() {
        return position.next();
    }

    boolean evicted() {
        return position.evicted();
    }

    /** Behind all that the segment has. */
    void toTail() {
        Segment.Extent now = segment.extent();
        SegmentEntry last = now.last();
        judge.reset();
        position = segment.behind(now);
        if (last == null) {
            long offset = now.live() - 1;
            String text = segment.partition().nowhere(conversationId, offset);
            cursor.stand(Cursor.Kind.PLACE, segment.epoch(), offset, text);
        } else {
            cursor.stand(
                    Cursor.Kind.RECORD,
                    segment.epoch(),
                    last.offset(),
                    last.frame().cursor());
        }
    }

    /**
     * Just before a record that was appended to the segment once, or is about to be; whether the segment reaches so far
     * back.
     *
     * @param cursorBefore what was known before it
     */
    boolean before(long firstOffset, String cursorBefore) {
        Segment.Found found = segment.before(firstOffset);
        if (firstOffset < found.extent().coveredFrom()) {
            return false;
        }
        position = found.position();
        cursor.stand(Cursor.Kind.PLACE, segment.epoch(), firstOffset - 1, cursorBefore);
        judge.skip(firstOffset - 1, false);
        return true;
    }

    /** After a cursor, in the segment, if it reaches so far back. */
    Resumed resume(Cursor after) {
        Segment.Found found = segment.before(after.offset());
        long coveredFrom = found.extent().coveredFrom();
        if (after.offset() + 1 < coveredFrom) {
            return Resumed.NOT_HELD;
        }
        follow(after, found.position());
        if (after.offset() < coveredFrom) {
            // The record was evicted, and only that: nothing is missing, but nothing can be verified either.
            judge.trust();
        }
        if (after.offset() >= found.extent().live()) {
            return Resumed.AHEAD;
        }
        return judge.unverified() && found.atEnd() ? Resumed.RECREATED : Resumed.HERE;
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
        Segment.Extent now = segment.extent();
        return position.position() == now.end() && now.live() - 1 > cursor.offset()
                ? cursor.past(now.live() - 1).text()
                : cursor.text();
    }

    /** Goes over to the segment that has taken the place of one that is lost. */
    void moveToNewSegment() {
        leave();
        segment = source.attach(conversationId, waiter);
    }

    void leave() {
        source.detach(segment, waiter);
    }

    private void follow(Cursor after, LogPosition from) {
        cursor.stand(after);
        position = from;
        judge.skip(after.offset(), after.kind() == Cursor.Kind.RECORD);
    }
}
