package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.catchup.ScanChain;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.SegmentEntry;
import dev.tokentape.gateway.tape.wake.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * One reader of the tape: what it reads from, in what order, and what it is told when it cannot go on.
 *
 * <p>It reads the conversation's segment; if its {@link Place} is no longer there, the chain of a catch-up pass, until
 * the segment takes over; while it waits for a pass, nothing. Where it begins is for {@link ReaderStart} to say, what
 * it is shown of the entries for {@link EntryJudge}, which cursor it then has for {@link MovingCursor}, and what it
 * turns to next is its {@link ReaderCourse}.
 *
 * <p>When it cannot go on, it asks history for the finished answers, then moves to the segment's newest place and is
 * told of the gap with a {@link Recap} of what is known there.
 */
final class TapeReader implements Reader {

    private final @Nullable String responseId;
    private final Waiter waiter;
    private final ReaderCourse course;
    private final Place place;

    /** Where it stood when it was closed; null before. */
    private @Nullable String left;

    TapeReader(ReaderSource source, ReadRequest request, Waiter waiter) {
        this.responseId = request.responseId();
        this.waiter = waiter;
        this.course = ReaderStart.of(source, request, waiter);
        this.place = course.place();
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
        course.keepTime();
        return frame;
    }

    @Override
    public boolean ended() {
        return course.ended();
    }

    @Override
    public boolean atHand() {
        return switch (course.state()) {
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
        return course.state() instanceof ReaderState.Live
                        && !place.judge().unverified()
                        && !place.segment().lost()
                ? place.liveCursor()
                : place.cursor().text();
    }

    @Override
    public void close() {
        if (left == null) {
            left = standing();
            course.leave();
        }
    }

    private @Nullable Frame advance() {
        while (true) {
            if (place.segment().lost()) {
                course.loseSegment();
            }
            switch (course.state()) {
                case ReaderState.Ended _ -> {
                    return null;
                }
                case ReaderState.Recapping recapping -> {
                    if (!course.tell(recapping.recap())) {
                        return null;
                    }
                    continue;
                }
                case ReaderState.Asking asking -> {
                    if (!asking.answers().isDone()) {
                        return null;
                    }
                    begin(asking);
                    continue;
                }
                case ReaderState.Telling telling -> {
                    Frame frame = telling.frames().next();
                    if (!telling.frames().hasNext()) {
                        course.told(telling);
                    }
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
            ScanChain.End end = course.state() instanceof ReaderState.CatchingUp catching
                    ? catching.chain().end()
                    : null;
            if (course.state() instanceof ReaderState.Recapping) {
                continue;
            }
            SegmentEntry entry = place.next();
            if (entry != null) {
                Frame frame = take(entry);
                if (frame != null) {
                    return frame;
                }
            } else if (place.evicted()) {
                course.catchUp(place.cursor().cursor());
            } else if (end != null) {
                leave(end);
            } else if (!course.overdue()) {
                return null;
            }
        }
    }

    /** History has said what there was of the conversation: all of it is at hand, or it is told of a gap. */
    private void begin(ReaderState.Asking asking) {
        course.live();
        if (asking.answers().join().stream().allMatch(this::isAtHand)) {
            course.beforeOldest();
        } else {
            course.recap(GapReason.CURSOR_TOO_OLD);
        }
    }

    /** Whether an answer that history knows can be read here from its first event on. */
    private boolean isAtHand(FinishedAnswer answer) {
        ResponseView view = place.segment().view(answer.responseId());
        return view != null && view.begins();
    }

    private @Nullable Frame take(SegmentEntry entry) {
        return switch (place.judge().judge(entry)) {
            case EntryJudge.Ruling.Passed _ -> null;
            case EntryJudge.Ruling.Shown shown -> {
                course.shown();
                if (responseId != null && entry.terminal()) {
                    course.end();
                }
                yield shown.frame();
            }
            case EntryJudge.Ruling.Lost lost -> {
                course.recap(lost.reason());
                yield null;
            }
        };
    }

    /** Looks whether Kafka has said that the log ends before the cursor. */
    private void lookAhead(CatchUpRequest asked) {
        switch (asked.resolution()) {
            case CatchUpRequest.Resolution.Pending _ -> {}
            case CatchUpRequest.Resolution.Refused refused -> course.recap(refused.reason());
            case CatchUpRequest.Resolution.InSegment _, CatchUpRequest.Resolution.Follow _ -> course.live();
        }
    }

    private boolean resolved(CatchUpRequest asked) {
        switch (asked.resolution()) {
            case CatchUpRequest.Resolution.Pending _ -> {
                return false;
            }
            case CatchUpRequest.Resolution.Refused refused -> course.recap(refused.reason());
            case CatchUpRequest.Resolution.InSegment _ -> {
                course.live();
                course.resume(asked.after());
            }
            case CatchUpRequest.Resolution.Follow followed -> course.follow(asked, followed.chain());
        }
        return true;
    }

    /** The chain is read to its end. */
    private void leave(ScanChain.End end) {
        switch (end) {
            case ScanChain.End.Refused _ -> course.recap(GapReason.CURSOR_TOO_OLD);
            case ScanChain.End.Early early -> course.catchUp(place.behind(early.through()));
            case ScanChain.End.AtSegment handed -> {
                if (place.judge().unverified()) {
                    course.recap(GapReason.LOG_RECREATED);
                    return;
                }
                Cursor after = place.behind(handed.through());
                course.live();
                course.resume(after);
            }
        }
    }
}
