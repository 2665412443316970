package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.segment.SegmentEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cursor of one reader, as it moves.
 *
 * <p>Nearly always the reader expects what the log it reads from expects. Then this is no more than an offset and the
 * text of the last entry's cursor. Expectations of its own are there only where the two differ.
 */
final class MovingCursor {

    private final int conversation;
    private final int home;
    private int partition;
    private Cursor.Kind kind = Cursor.Kind.PLACE;
    private long epoch;
    private long offset;

    /** Null while it goes by the log; then {@link #text} is not. */
    private @Nullable Expectations own;

    private @Nullable String text;

    MovingCursor(String conversationId, int partition) {
        this.conversation = Cursor.conversationHash(conversationId);
        this.home = partition;
        this.partition = partition;
    }

    /** Is where a cursor says, with the expectations that it carries. */
    void stand(Cursor at) {
        kind = at.kind();
        epoch = at.epoch();
        partition = at.partition();
        offset = at.offset();
        own = at.expectations().copy();
        text = null;
    }

    /** Is where a log is, and goes by that log. */
    void stand(Cursor.Kind at, long inEpoch, long atOffset, String cursor) {
        kind = at;
        epoch = inEpoch;
        partition = home;
        offset = atOffset;
        own = null;
        text = cursor;
    }

    /** Has come to an entry. */
    void reach(SegmentEntry entry) {
        kind = Cursor.Kind.RECORD;
        offset = entry.offset();
    }

    /** Expects after an entry what the log does. */
    void goBy(SegmentEntry entry) {
        own = null;
        text = entry.frame().cursor();
    }

    /** Gives up own expectations if they are those of the log after this entry; whether it goes by the log now. */
    boolean align(SegmentEntry entry) {
        if (own != null && own.mayFollow(Cursor.parse(entry.frame().cursor()).expectations())) {
            goBy(entry);
        }
        return own == null;
    }

    /** Goes on with expectations of its own. */
    void expect(Expectations expectations) {
        own = expectations;
        text = null;
    }

    /** Its own expectations, which judging moves; null while it goes by the log. */
    @Nullable
    Expectations own() {
        return own;
    }

    /** Everything up to it has been read or passed over. */
    long offset() {
        return offset;
    }

    Cursor cursor() {
        return own == null
                ? Cursor.parse(Objects.requireNonNull(text))
                : new Cursor(kind, epoch, partition, conversation, offset, own.copy());
    }

    /** Here, but past everything up to an offset. */
    Cursor past(long through) {
        return cursor().passing(through);
    }

    String text() {
        return text != null ? text : cursor().text();
    }
}
