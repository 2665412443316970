package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.catchup.ScanChain;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Fingerprint;
import dev.tokentape.gateway.tape.frame.GapFrame;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Entry;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One reader of the tape: what it reads from, in what order, and what it is told when it cannot go on.
 *
 * <p>It reads the conversation's segment; if its {@link Place} is no longer there, the chain of a catch-up pass, until the
 * segment takes over; while it waits for a pass, nothing. What it is shown of the entries is for {@link EntryJudge} to say,
 * and which cursor it then has, for {@link MovingCursor}.
 *
 * <p>When it cannot go on, it asks history for the finished answers, then moves to the segment's newest place and is told
 * of the gap with a {@link Recap} of what is known there.
 */
public final class TapeReader implements Reader {

    private final TapeCore core;
    private final String conversationId;
    private final int partition;
    private final @Nullable String responseId;
    private final Waiter waiter;
    private final Place place;
    private ReaderState state = new ReaderState.Live();
    private @Nullable UnknownResponse unknown;
    private boolean timed;

    /** Where it stood when it was closed; null before. */
    private @Nullable String left;

    TapeReader(TapeCore core, ReadRequest request, Waiter waiter) {
        this.core = core;
        this.conversationId = request.conversationId();
        this.partition = core.partitionOf(conversationId);
        this.responseId = request.responseId();
        this.waiter = waiter;
        Cursor after = request.start() instanceof ReadRequest.Start.After start
                ? Cursor.parse(start.cursor(), conversationId)
                : null;
        this.place = new Place(core, request, partition, waiter);
        switch (request.start()) {
            case ReadRequest.Start.Now _ -> startNow();
            case ReadRequest.Start.Beginning _ -> startAtBeginning();
            case ReadRequest.Start.Snapshot _ -> startWithSnapshot();
            case ReadRequest.Start.After _ -> startAfter(Objects.requireNonNull(after));
        }
        keepTime();
    }

    @Override
    public @Nullable Frame next() {
        if (left != null || ended()) {
            return null;
        }
        Frame frame = advance();
        if (frame == null && !ended()) {
            waiter.arm();
            // Looked at again now that whatever comes will wake us.
            frame = advance();
            if (frame != null || ended()) {
                waiter.disarm();
            }
        }
        keepTime();
        return frame;
    }

    @Override
    public boolean ended() {
        return state instanceof ReaderState.Ended;
    }

    @Override
    public boolean atHand() {
        return switch (state) {
            case ReaderState.Live _, ReaderState.Ended _ -> true;
            case ReaderState.Asking _,
                    ReaderState.Ahead _,
                    ReaderState.Waiting _,
                    ReaderState.CatchingUp _,
                    ReaderState.Recapping _,
                    ReaderState.Telling _ -> false;
        };
    }

    @Override
    public String cursor() {
        // Once it is closed the segment may be another one, of which it knows nothing.
        return left != null ? left : standing();
    }

    private String standing() {
        return state instanceof ReaderState.Live
                        && !place.judge().unverified()
                        && !place.segment().lost()
                ? place.liveCursor()
                : place.cursor().text();
    }

    @Override
    public void close() {
        if (left == null) {
            left = standing();
            waiter.disarm();
            state.leave(waiter);
            place.leave();
            core.forget(waiter);
        }
    }

    private void startNow() {
        place.toTail();
        ResponseView view = responseId == null ? null : place.segment().view(responseId);
        // The answer may be ahead of the place that was taken before it: then its end is yet to be read.
        if (view != null
                && view.ended()
                && view.terminalOffset() <= place.cursor().offset()) {
            state = new ReaderState.Ended();
        }
    }

    /** Its place is at the tail, taken before it looks for a beginning: what it does not find then comes behind that. */
    private void startAtBeginning() {
        place.toTail();
        if (responseId == null) {
            if (place.segment().reachesToTheStart()) {
                startAtOldest();
            } else {
                var turns = core.history(conversationId, place.segment().deletion());
                var _ = turns.thenRun(waiter::wake);
                state = new ReaderState.Asking(turns);
            }
            return;
        }
        ResponseView view = place.segment().view(responseId);
        if (view == null) {
            unknown = new UnknownResponse(core, conversationId, responseId, waiter);
        } else {
            startBefore(view.firstOffset(), view.cursorBefore());
        }
    }

    private void startAtOldest() {
        Segment.Beginning beginning = place.segment().beginning();
        if (beginning != null) {
            startBefore(beginning.offset(), beginning.cursorBefore());
        }
    }

    /** One response that is not here as a whole is told by its events instead, which a pass may find. */
    private void startWithSnapshot() {
        ResponseView view = responseId == null ? null : place.segment().view(responseId);
        if (responseId == null || (view != null && view.whole())) {
            place.toTail();
            recap(null);
        } else {
            startAtBeginning();
        }
    }

    /** Starts just before a record that was appended here once. */
    private void startBefore(long firstOffset, String cursorBefore) {
        if (!place.before(firstOffset, cursorBefore)) {
            request(new Cursor(
                    Cursor.Kind.PLACE,
                    place.segment().epoch(),
                    place.segment().partition().number(),
                    Cursor.conversationHash(conversationId),
                    firstOffset - 1,
                    Cursor.parse(cursorBefore).expectations()));
        }
    }

    private void startAfter(Cursor after) {
        place.cursor().stand(after);
        if (responseId != null && after.expectations().ended(Fingerprint.of(responseId))) {
            state = new ReaderState.Ended();
        } else if (after.epoch() != place.segment().epoch() || after.partition() != partition) {
            recap(GapReason.LOG_RECREATED);
        } else if (place.segment().deletion() instanceof Segment.Deletion deletion
                && after.offset() < deletion.offset()) {
            startBefore(deletion.offset(), deletion.cursorBefore());
            if (responseId != null && after.expectations().lastOf(Fingerprint.of(responseId)) >= 0) {
                // The answer it was reading is gone: that is the last thing it is told.
                place.judge().show(deletion);
            }
        } else {
            if (resume(after) == Place.Resumed.AHEAD) {
                state = new ReaderState.Ahead(newRequest(after));
            }
            if (responseId != null
                    && !(state instanceof ReaderState.Recapping)
                    && after.expectations().lastOf(Fingerprint.of(responseId)) < 0
                    && place.segment().view(responseId) == null) {
                unknown = new UnknownResponse(core, conversationId, responseId, waiter);
            }
        }
    }

    /** Goes on after a cursor: in the segment if it reaches so far back, else by a catch-up pass. */
    private Place.Resumed resume(Cursor after) {
        Place.Resumed resumed = place.resume(after);
        switch (resumed) {
            case HERE, AHEAD -> {}
            case NOT_HELD -> request(after);
            case RECREATED -> recap(GapReason.LOG_RECREATED);
        }
        return resumed;
    }

    private void request(Cursor after) {
        place.hold(after);
        if (after.offset() + 1 < core.store().windowStart(partition, core.millis())) {
            recap(GapReason.CURSOR_TOO_OLD);
        } else {
            state.leave(waiter);
            state = new ReaderState.Waiting(newRequest(after));
        }
    }

    private CatchUpRequest newRequest(Cursor after) {
        CatchUpRequest wish = new CatchUpRequest(place.segment(), after, waiter);
        core.catchUp().request(wish);
        return wish;
    }

    private @Nullable Frame advance() {
        while (true) {
            if (place.segment().lost()) {
                loseSegment();
            }
            switch (state) {
                case ReaderState.Ended _ -> {
                    return null;
                }
                case ReaderState.Recapping recapping -> {
                    if (!told(recapping.recap())) {
                        return null;
                    }
                    continue;
                }
                case ReaderState.Asking asking -> {
                    if (!asking.turns().isDone()) {
                        return null;
                    }
                    state = new ReaderState.Live();
                    if (asking.turns().join().stream().allMatch(this::isAtHand)) {
                        startAtOldest();
                    } else {
                        recap(GapReason.CURSOR_TOO_OLD);
                    }
                    continue;
                }
                case ReaderState.Telling telling -> {
                    Frame frame = telling.frames().next();
                    state = telling.frames().hasNext() ? telling : telling.next();
                    return frame;
                }
                case ReaderState.Waiting waiting -> {
                    if (!resolved(waiting.request())) {
                        return null;
                    }
                    continue;
                }
                case ReaderState.Ahead ahead -> lookAhead(ahead.check());
                case ReaderState.Live _, ReaderState.CatchingUp _ -> {}
            }
            // Read before the entries: after an end no entry is added.
            ScanChain.End end = state instanceof ReaderState.CatchingUp catching
                    ? catching.chain().end()
                    : null;
            Entry entry = state instanceof ReaderState.Recapping ? null : place.next();
            if (entry != null) {
                Frame frame = take(entry);
                if (frame != null) {
                    return frame;
                }
            } else if (state instanceof ReaderState.Recapping) {
                continue;
            } else if (place.evicted()) {
                request(place.cursor().cursor());
            } else if (end != null) {
                leave(end);
            } else if (!overdue()) {
                return null;
            }
        }
    }

    /** Whether a turn that history knows can be read here from its first event on. */
    private boolean isAtHand(GapFrame.Turn turn) {
        ResponseView view = place.segment().view(turn.responseId());
        return view != null && view.begins();
    }

    private @Nullable Frame take(Entry entry) {
        return switch (place.judge().judge(entry)) {
            case EntryJudge.Outcome.Passed _ -> null;
            case EntryJudge.Outcome.Shown shown -> {
                unknown = null;
                if (responseId != null && entry.terminal()) {
                    state.leave(waiter);
                    state = new ReaderState.Ended();
                }
                yield shown.frame();
            }
            case EntryJudge.Outcome.Lost lost -> {
                recap(lost.reason());
                yield null;
            }
        };
    }

    /** Looks whether Kafka has said that the log ends before the cursor. */
    private void lookAhead(CatchUpRequest asked) {
        switch (asked.outcome()) {
            case CatchUpRequest.Outcome.Pending _ -> {}
            case CatchUpRequest.Outcome.Refused refused -> recap(refused.reason());
            case CatchUpRequest.Outcome.InSegment _, CatchUpRequest.Outcome.Follow _ -> {
                state.leave(waiter);
                state = new ReaderState.Live();
            }
        }
    }

    private boolean resolved(CatchUpRequest asked) {
        switch (asked.outcome()) {
            case CatchUpRequest.Outcome.Pending _ -> {
                return false;
            }
            case CatchUpRequest.Outcome.Refused refused -> recap(refused.reason());
            case CatchUpRequest.Outcome.InSegment _ -> {
                state = new ReaderState.Live();
                resume(asked.after());
            }
            case CatchUpRequest.Outcome.Follow followed -> {
                state = new ReaderState.CatchingUp(followed.chain());
                place.follow(asked.after(), followed.chain());
            }
        }
        return true;
    }

    /** What time alone brings, where nothing is to be read; whether anything changed. */
    private boolean overdue() {
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

    /** The chain is read to its end. */
    private void leave(ScanChain.End end) {
        switch (end) {
            case ScanChain.End.Refused _ -> recap(GapReason.CURSOR_TOO_OLD);
            case ScanChain.End.Early early -> request(place.behind(early.through()));
            case ScanChain.End.AtSegment handed -> {
                if (place.judge().unverified()) {
                    recap(GapReason.LOG_RECREATED);
                    return;
                }
                Cursor after = place.behind(handed.through());
                state.leave(waiter);
                state = new ReaderState.Live();
                resume(after);
            }
        }
    }

    private void loseSegment() {
        place.moveToNewSegment();
        if (!(state instanceof ReaderState.Recapping)) {
            recap(GapReason.LOG_RECREATED);
        }
    }

    /** Gets the assembled state next. @param reason why it cannot go on; null if it asked for that */
    private void recap(@Nullable GapReason reason) {
        state.leave(waiter);
        unknown = null;
        Segment.Deletion deletion = place.segment().deletion();
        var turns = core.history(conversationId, deletion);
        var _ = turns.thenRun(waiter::wake);
        state = new ReaderState.Recapping(new Recap(conversationId, responseId, reason, deletion, turns));
    }

    /** Whether history has answered, so that there is something to tell. */
    private boolean told(Recap recap) {
        if (!recap.ready()) {
            return false;
        }
        place.toTail();
        if (recap.isOutdated(place.segment())) {
            recap(recap.reason());
            return true;
        }
        Recap.Told told = recap.tell(place.segment(), place.cursor());
        state = new ReaderState.Telling(told.frames(), told.ended() ? new ReaderState.Ended() : new ReaderState.Live());
        if (recap.reason() == null) {
            core.metrics().snapshot();
        } else {
            core.metrics().gap(recap.reason());
        }
        return true;
    }

    /** Is woken by the clock as long as it waits for something that may never come. */
    private void keepTime() {
        boolean needed = !ended() && (unknown != null || place.judge().waits());
        if (needed != timed) {
            timed = needed;
            if (needed) {
                core.remember(waiter);
            } else {
                core.forget(waiter);
            }
        }
    }
}
