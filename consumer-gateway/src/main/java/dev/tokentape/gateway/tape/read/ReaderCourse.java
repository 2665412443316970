package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.catchup.ScanChain;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The course of one reader: its {@link ReaderState}, which changes by the transitions named here and by nothing else,
 * and the {@link Place} that goes with it. What a state holds elsewhere is released as it is left.
 */
final class ReaderCourse {

    private final ReaderSource source;
    private final String conversationId;
    private final @Nullable String responseId;
    private final Waiter waiter;
    private final Place place;
    private ReaderState state = new ReaderState.Live();
    private @Nullable UnknownResponse unknown;
    private boolean timed;

    /** In the segment, nowhere yet. */
    ReaderCourse(ReaderSource source, ReadRequest request, Waiter waiter) {
        this.source = source;
        this.conversationId = request.conversationId();
        this.responseId = request.responseId();
        this.waiter = waiter;
        this.place = new Place(source, request, waiter);
    }

    ReaderState state() {
        return state;
    }

    Place place() {
        return place;
    }

    boolean ended() {
        return state instanceof ReaderState.Ended;
    }

    /** Reads in the segment. */
    void live() {
        enter(new ReaderState.Live());
    }

    /** Has read all that was asked for. */
    void end() {
        enter(new ReaderState.Ended());
    }

    /** Asks history whether there is anything from before what is at hand, and rests till it has said. */
    void ask() {
        enter(new ReaderState.Asking(askHistory(place.segment().deletion())));
    }

    /** Reads in the segment, at a place that this gateway has not read to yet, and asks Kafka whether it has it. */
    void ahead(Cursor after) {
        enter(new ReaderState.Ahead(source.catchUp(place.segment(), after, waiter)));
    }

    /** Rests until a pass brings what follows a cursor, if that is not too old. */
    void catchUp(Cursor after) {
        place.hold(after);
        if (source.isTooOld(place.segment(), after.offset())) {
            recap(GapReason.CURSOR_TOO_OLD);
        } else {
            enter(new ReaderState.Waiting(source.catchUp(place.segment(), after, waiter)));
        }
    }

    /** Reads what the pass asked for has found: it has put the waiter among those of the chain. */
    void follow(CatchUpRequest request, ScanChain chain) {
        state = new ReaderState.CatchingUp(chain);
        place.follow(request.after(), chain);
    }

    /** Gets the assembled state next. @param reason why it cannot go on; null if it asked for that */
    void recap(@Nullable GapReason reason) {
        unknown = null;
        Segment.Deletion deletion = place.segment().deletion();
        enter(new ReaderState.Recapping(new Recap(conversationId, responseId, reason, deletion, askHistory(deletion))));
    }

    /** Turns from a recap to telling it, at the segment's tail; whether history has answered, so that there is one. */
    boolean tell(Recap recap) {
        if (!recap.ready()) {
            return false;
        }
        place.toTail();
        if (recap.isOutdated(place.segment())) {
            recap(recap.reason());
            return true;
        }
        Recap.Told told = recap.tell(place.segment(), place.cursor());
        enter(new ReaderState.Telling(told.frames(), told.ended() ? new ReaderState.Ended() : new ReaderState.Live()));
        source.recapped(recap.reason());
        return true;
    }

    /** Has told all but the frame in hand. */
    void told(ReaderState.Telling telling) {
        enter(telling.next());
    }

    /** Goes over to the segment that took the place of a lost one. */
    void loseSegment() {
        place.moveToNewSegment();
        if (!(state instanceof ReaderState.Recapping)) {
            recap(GapReason.LOG_RECREATED);
        }
    }

    /** Goes on after a cursor: in the segment if it reaches so far back, else by a catch-up pass. */
    Place.Resumed resume(Cursor after) {
        Place.Resumed resumed = place.resume(after);
        switch (resumed) {
            case HERE, AHEAD -> {}
            case NOT_HELD -> catchUp(after);
            case RECREATED -> recap(GapReason.LOG_RECREATED);
        }
        return resumed;
    }

    /** Goes just before a record that was appended here once. */
    void before(long firstOffset, String cursorBefore) {
        if (!place.before(firstOffset, cursorBefore)) {
            catchUp(new Cursor(
                    Cursor.Kind.PLACE,
                    place.segment().epoch(),
                    place.segment().partition().number(),
                    Cursor.conversationHash(conversationId),
                    firstOffset - 1,
                    Cursor.parse(cursorBefore).expectations()));
        }
    }

    /** To the oldest event at hand; where there is none, behind all. */
    void beforeOldest() {
        Segment.Beginning beginning = place.segment().beginning();
        if (beginning != null) {
            before(beginning.offset(), beginning.cursorBefore());
        }
    }

    /** Waits for a response that was never seen here. */
    void await(String response) {
        unknown = new UnknownResponse(source, conversationId, response, waiter);
    }

    /** Something was shown: what was asked for is here. */
    void shown() {
        unknown = null;
    }

    /** What time alone brings, where nothing is to be read; whether anything changed. */
    boolean overdue() {
        if (place.judge().overdue()) {
            recap(GapReason.REPAIR_FAILED);
            return true;
        }
        UnknownResponse waitedFor = state instanceof ReaderState.Live ? unknown : null;
        if (waitedFor == null || !waitedFor.answered()) {
            return false;
        }
        unknown = null;
        if (waitedFor.isHistory()) {
            recap(GapReason.CURSOR_TOO_OLD);
        }
        return waitedFor.isHistory();
    }

    /** Is woken by the clock as long as it waits for something that may never come. */
    void keepTime() {
        boolean needed = !ended() && (unknown != null || place.judge().waits());
        if (needed != timed) {
            timed = needed;
            if (needed) {
                source.remember(waiter);
            } else {
                source.forget(waiter);
            }
        }
    }

    /** Lets everything go. */
    void leave() {
        waiter.disarm();
        state.leave(waiter);
        place.leave();
        source.forget(waiter);
    }

    private void enter(ReaderState next) {
        state.leave(waiter);
        state = next;
    }

    private CompletableFuture<List<FinishedAnswer>> askHistory(Segment.@Nullable Deletion seen) {
        CompletableFuture<List<FinishedAnswer>> answers = source.history(conversationId, seen);
        var _ = answers.thenRun(waiter::wake);
        return answers;
    }
}
