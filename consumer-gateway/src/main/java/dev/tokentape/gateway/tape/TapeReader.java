package dev.tokentape.gateway.tape;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One reader's place on the tape, and where it reads.
 *
 * <p>That is the conversation's segment; if its place is no longer there, the chain of a catch-up pass, until the segment
 * takes over; while it waits for a pass, nowhere. Segment and chain hold every record of the log in order, repeats too, so
 * reading is the same wherever it happens. What it is shown of it is for {@link EntryJudge} to say, and which cursor it
 * then has, for {@link MovingCursor}.
 *
 * <p>When it cannot go on, it asks history for the finished answers, then moves to the segment's newest place and is told
 * of the gap with a {@link Recap} of what is known there.
 */
final class TapeReader implements Reader {

    private final TapeCore core;
    private final String conversationId;
    private final int partition;
    private final @Nullable String responseId;
    private final Waiter waiter;
    private final MovingCursor cursor;
    private final EntryJudge judge;

    private Segment segment;
    private LogPosition position;
    private ReaderState state = new ReaderState.Live();
    private @Nullable UnknownResponse unknown;
    private boolean timed;
    private boolean closed;

    TapeReader(TapeCore core, ReadRequest request, Waiter waiter) {
        this.core = core;
        this.conversationId = request.conversationId();
        this.partition = core.partitionOf(conversationId);
        this.responseId = request.responseId();
        this.waiter = waiter;
        this.cursor = new MovingCursor(conversationId, partition);
        this.judge = new EntryJudge(cursor, responseId, core.config(), core::nanos);
        Cursor after = request.start() instanceof ReadRequest.Start.After start
                ? Cursor.parse(start.cursor(), conversationId, partition)
                : null;
        this.segment = core.store().attach(conversationId, partition, waiter);
        this.position = LogPosition.at(segment.log(), 0);
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
        if (closed || ended()) {
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
    public String cursor() {
        if (!(state instanceof ReaderState.Live) || judge.unverified() || segment.lost()) {
            return cursor.text();
        }
        // Read first: what is before it has been appended, so if nothing is unread now, nothing before it ever will be.
        long live = core.store().live(partition);
        return position.position() == segment.log().end() && live - 1 > cursor.offset()
                ? cursor.past(live - 1).text()
                : cursor.text();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            waiter.disarm();
            state.leave(waiter);
            core.store().detach(segment, waiter);
            core.forget(waiter);
        }
    }

    private void startNow() {
        moveToTail();
        ResponseView view = responseId == null ? null : segment.view(responseId);
        if (view != null && view.ended()) {
            state = new ReaderState.Ended();
        }
    }

    private void startAtBeginning() {
        if (responseId == null) {
            Segment.Beginning beginning = segment.beginning();
            if (beginning == null) {
                moveToTail();
            } else {
                startBefore(beginning.offset(), beginning.cursorBefore());
            }
            return;
        }
        ResponseView view = segment.view(responseId);
        if (view == null) {
            moveToTail();
            unknown = new UnknownResponse(core, conversationId, responseId, waiter);
        } else {
            startBefore(view.firstOffset(), view.cursorBefore());
        }
    }

    /** One response that is not here as a whole is told by its events instead, which a pass may find. */
    private void startWithSnapshot() {
        ResponseView view = responseId == null ? null : segment.view(responseId);
        if (responseId == null || (view != null && view.whole())) {
            moveToTail();
            recap(null);
        } else {
            startAtBeginning();
        }
    }

    /** Starts just before a record that was appended here once. */
    private void startBefore(long firstOffset, String cursorBefore) {
        EntryLog.Chunk chunk = segment.log().chunkAtOffset(firstOffset);
        if (firstOffset >= segment.coveredFrom() && chunk != null) {
            position = LogPosition.at(segment.log(), chunk);
            cursor.stand(Cursor.Kind.PLACE, segment.epoch(), firstOffset - 1, chunk.cursorBefore());
            judge.skip(firstOffset - 1, false);
        } else {
            request(new Cursor(
                    Cursor.Kind.PLACE,
                    segment.epoch(),
                    partition,
                    Cursor.conversationHash(conversationId),
                    firstOffset - 1,
                    Cursor.parse(cursorBefore).expectations()));
        }
    }

    private void startAfter(Cursor after) {
        cursor.stand(after);
        if (responseId != null && after.expectations().ended(Fingerprint.of(responseId))) {
            state = new ReaderState.Ended();
        } else if (after.epoch() != segment.epoch()) {
            recap(GapReason.LOG_RECREATED);
        } else if (segment.deletion() instanceof Segment.Deletion deletion && after.offset() < deletion.offset()) {
            startBefore(deletion.offset(), deletion.cursorBefore());
            if (responseId != null && after.expectations().lastOf(Fingerprint.of(responseId)) >= 0) {
                // The answer it was reading is gone: that is the last thing it is told.
                judge.show(deletion);
            }
        } else if (after.offset() >= core.store().live(partition)) {
            follow(after, LogPosition.at(segment.log(), segment.log().end()));
            state = new ReaderState.Ahead(newRequest(after));
        } else {
            resume(after);
        }
    }

    /** Goes on after a cursor: in the segment if it reaches so far back, else by a catch-up pass. */
    private void resume(Cursor after) {
        if (after.offset() + 1 < segment.coveredFrom()) {
            request(after);
            return;
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
        if (judge.unverified() && chunk == null && after.offset() < core.store().live(partition)) {
            recap(GapReason.LOG_RECREATED);
        }
    }

    /** Reads a log of entries on from a cursor whose own record is still in front. */
    private void follow(Cursor after, LogPosition from) {
        cursor.stand(after);
        position = from;
        judge.skip(after.offset(), after.kind() == Cursor.Kind.RECORD);
    }

    private void request(Cursor after) {
        cursor.stand(after);
        judge.trust();
        if (after.offset() + 1 < core.store().windowStart(partition, core.millis())) {
            recap(GapReason.CURSOR_TOO_OLD);
        } else {
            state.leave(waiter);
            state = new ReaderState.Waiting(newRequest(after));
        }
    }

    private CatchUpRequest newRequest(Cursor after) {
        CatchUpRequest wish = new CatchUpRequest(segment, after, waiter);
        core.catchUp().request(wish);
        return wish;
    }

    private @Nullable Frame advance() {
        while (true) {
            if (segment.lost()) {
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
            Entry entry = state instanceof ReaderState.Recapping ? null : position.next();
            if (entry != null) {
                Frame frame = take(entry);
                if (frame != null) {
                    return frame;
                }
            } else if (state instanceof ReaderState.Recapping) {
                continue;
            } else if (position.evicted()) {
                request(cursor.cursor());
            } else if (end != null) {
                leave(end);
            } else if (!overdue()) {
                return null;
            }
        }
    }

    private @Nullable Frame take(Entry entry) {
        return switch (judge.judge(entry)) {
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
                ScanChain chain = followed.chain();
                state = new ReaderState.CatchingUp(chain);
                follow(asked.after(), LogPosition.at(chain.log(), 0));
                if (chain.from() > asked.after().offset()) {
                    judge.trust();
                }
            }
        }
        return true;
    }

    /** What time alone brings, where nothing is to be read; whether anything changed. */
    private boolean overdue() {
        if (judge.overdue()) {
            recap(GapReason.REPAIR_FAILED);
            return true;
        }
        UnknownResponse waitedFor = unknown;
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
            case ScanChain.End.Early early -> request(behind(early.through()));
            case ScanChain.End.AtSegment handed -> {
                if (judge.unverified()) {
                    recap(GapReason.LOG_RECREATED);
                    return;
                }
                Cursor after = behind(handed.through());
                state.leave(waiter);
                state = new ReaderState.Live();
                resume(after);
            }
        }
    }

    /** Here, but past everything up to an offset, of which nothing is unread. */
    private Cursor behind(long through) {
        return judge.unverified() || through <= cursor.offset() ? cursor.cursor() : cursor.past(through);
    }

    private void loseSegment() {
        core.store().detach(segment, waiter);
        segment = core.store().attach(conversationId, partition, waiter);
        if (!(state instanceof ReaderState.Recapping)) {
            recap(GapReason.LOG_RECREATED);
        }
    }

    /** Gets the assembled state next. @param reason why it cannot go on; null if it asked for that */
    private void recap(@Nullable GapReason reason) {
        state.leave(waiter);
        unknown = null;
        var turns = core.history(conversationId);
        var _ = turns.thenRun(waiter::wake);
        state = new ReaderState.Recapping(new Recap(conversationId, responseId, reason, turns));
    }

    /** Whether history has answered, so that there is something to tell. */
    private boolean told(Recap recap) {
        if (!recap.ready()) {
            return false;
        }
        moveToTail();
        Recap.Told told = recap.tell(segment, cursor);
        state = new ReaderState.Telling(told.frames(), told.ended() ? new ReaderState.Ended() : new ReaderState.Live());
        if (recap.reason() == null) {
            core.metrics().snapshot();
        } else {
            core.metrics().gap(recap.reason());
        }
        return true;
    }

    private void moveToTail() {
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

    /** Is woken by the clock as long as it waits for something that may never come. */
    private void keepTime() {
        boolean needed = !ended() && (unknown != null || judge.waits());
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
