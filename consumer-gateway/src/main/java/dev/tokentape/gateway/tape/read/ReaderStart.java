package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.cursor.Fingerprint;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;
import org.jspecify.annotations.Nullable;

/** Where a reader begins, by what it asked for. */
final class ReaderStart {

    private final ReaderCourse course;
    private final Place place;
    private final @Nullable String responseId;

    private ReaderStart(ReaderCourse course, @Nullable String responseId) {
        this.course = course;
        this.place = course.place();
        this.responseId = responseId;
    }

    /**
     * @throws dev.tokentape.gateway.tape.InvalidCursorException before anything is held, if the cursor is not one of
     * ours
     */
    static ReaderCourse of(ReaderSource source, ReadRequest request, Waiter waiter) {
        Cursor after = request.start() instanceof ReadRequest.Start.After start
                ? Cursor.parse(start.cursor(), request.conversationId())
                : null;
        ReaderCourse course = new ReaderCourse(source, request, waiter);
        ReaderStart start = new ReaderStart(course, request.responseId());
        if (after != null) {
            start.after(after);
        } else {
            // What it does not find when it looks on comes behind this.
            course.place().toTail();
            start.with(request.start());
        }
        course.keepTime();
        return course;
    }

    private void with(ReadRequest.Start start) {
        ResponseView view = responseId == null ? null : place.segment().view(responseId);
        switch (start) {
            case ReadRequest.Start.Now _ -> now(view);
            case ReadRequest.Start.Beginning _ -> beginning(view);
            case ReadRequest.Start.Snapshot _ -> snapshot(view);
            case ReadRequest.Start.After _ -> throw new IllegalArgumentException("a cursor has a place of its own");
        }
    }

    /** The answer may be ahead of the place that was taken before it: then its end is yet to be read. */
    private void now(@Nullable ResponseView view) {
        if (view != null
                && view.ended()
                && view.terminalOffset() <= place.cursor().offset()) {
            course.end();
        }
    }

    private void beginning(@Nullable ResponseView view) {
        if (view != null) {
            course.before(view.firstOffset(), view.cursorBefore());
        } else if (responseId != null) {
            course.await(responseId);
        } else if (place.segment().reachesToTheStart()) {
            course.beforeOldest();
        } else {
            course.ask();
        }
    }

    /** One response that is not here as a whole is told by its events instead, which a pass may find. */
    private void snapshot(@Nullable ResponseView view) {
        if (responseId == null || (view != null && view.whole())) {
            course.recap(null);
        } else {
            beginning(view);
        }
    }

    private void after(Cursor after) {
        Segment segment = place.segment();
        Expectations read = after.expectations();
        place.cursor().stand(after);
        if (responseId != null && read.ended(Fingerprint.of(responseId))) {
            course.end();
        } else if (after.epoch() != segment.epoch()
                || after.partition() != segment.partition().number()) {
            course.recap(GapReason.LOG_RECREATED);
        } else if (segment.deletion() instanceof Segment.Deletion deletion && after.offset() < deletion.offset()) {
            course.before(deletion.offset(), deletion.cursorBefore());
            if (responseId != null && hasBegun(read, responseId)) {
                // The answer it was reading is gone: that is the last thing it is told.
                place.judge().show(deletion);
            }
        } else {
            if (course.resume(after) == Place.Resumed.AHEAD) {
                course.ahead(after);
            }
            if (responseId != null
                    && !(course.state() instanceof ReaderState.Recapping)
                    && !hasBegun(read, responseId)
                    && segment.view(responseId) == null) {
                course.await(responseId);
            }
        }
    }

    private static boolean hasBegun(Expectations read, String responseId) {
        return read.lastOf(Fingerprint.of(responseId)) >= 0;
    }
}
