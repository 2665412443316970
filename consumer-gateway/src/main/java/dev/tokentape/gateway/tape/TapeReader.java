package dev.tokentape.gateway.tape;

import dev.tokentape.schemas.avro.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One reader's place on the tape, and how it moves.
 *
 * <p><b>Where it reads.</b> From the conversation's segment; if its place is no longer there, from the chain of a catch-up
 * pass, until the segment takes over; while it waits for a pass, nowhere. Segment and chain hold every record of the log
 * in order, repeats too, so reading is the same wherever it happens.
 *
 * <p><b>What it shows.</b> The next event of each response, by {@link Expectations}. Nearly always the reader's are those of
 * the log it reads from; then it has none of its own, takes the log's judgement, and costs nothing but a number. Where they
 * differ (this gateway joined the log in a repeated stretch, or the cursor comes from one that did) it judges for itself
 * and gives frames a cursor of its own, until the two agree again.
 *
 * <p><b>When it cannot go on</b>, it asks history for the finished answers, then moves to the segment's newest place and
 * shows a {@code gap} with what is known there.
 */
final class TapeReader implements Reader {

    /** How long a response that nobody here has seen is waited for before history is asked about it. */
    static final long UNKNOWN_NANOS = 1_000_000_000L;

    private final TapeCore core;
    private final String conversationId;
    private final int partition;
    private final @Nullable String responseId;
    private final long filter;
    private final Waiter waiter;

    private Segment segment;
    private LogPosition position;
    private @Nullable ScanChain chain;

    /** What must be answered before it can read on. */
    private @Nullable CatchUpRequest request;

    /** Whether the log has the place of its cursor at all: asked where this gateway has not read so far yet. */
    private @Nullable CatchUpRequest check;

    private @Nullable Gap gap;

    /** Its expectations, where they are not those of the log it reads from; then {@link #place} is null. */
    private @Nullable Expectations own;

    /** Repairs that it waits for by itself. */
    private @Nullable Holes holes;

    /** Text of the cursor of where it is, as long as it has no expectations of its own. */
    private @Nullable String place;

    private Cursor.Kind kind = Cursor.Kind.PLACE;
    private long offset;
    private long epoch;

    /** Entries up to this offset were read before; the one at it must be there if {@link #unverified}. */
    private long skipThrough = -1;

    private boolean unverified;

    /** The response asked for has not been seen by this gateway, since {@link #unknownSince}. */
    private boolean unknown;

    private long unknownSince;
    private @Nullable CompletableFuture<List<GapFrame.Turn>> inquiry;
    private boolean ended;
    private boolean closed;

    private record Gap(GapReason reason, CompletableFuture<List<GapFrame.Turn>> turns) {}

    TapeReader(TapeCore core, ReadRequest request, Waiter waiter) {
        this.core = core;
        this.conversationId = request.conversationId();
        this.partition = core.partitionOf(conversationId);
        this.responseId = request.responseId();
        this.filter = responseId == null ? 0 : Fingerprint.of(responseId);
        this.waiter = waiter;
        Cursor after = request.start() instanceof ReadRequest.Start.After start
                ? Cursor.parse(start.cursor(), conversationId, partition)
                : null;
        this.segment = core.store().attach(conversationId, partition, waiter);
        this.position = LogPosition.at(segment.log(), 0);
        switch (request.start()) {
            case ReadRequest.Start.Now _ -> startNow();
            case ReadRequest.Start.Beginning _ -> startAtBeginning();
            case ReadRequest.Start.After _ -> startAfter(Objects.requireNonNull(after));
        }
    }

    @Override
    public @Nullable Frame next() {
        if (closed || ended) {
            return null;
        }
        Frame frame = advance();
        if (frame == null && !ended) {
            waiter.arm();
            // Looked at again now that whatever comes will wake us.
            frame = advance();
            if (frame != null || ended) {
                waiter.disarm();
            }
        }
        return frame;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public String cursor() {
        if (ended || gap != null || request != null || check != null || chain != null || unverified || segment.lost()) {
            return text();
        }
        // Read first: what is before it has been appended, so if nothing is unread now, nothing before it ever will be.
        long live = core.store().live(partition);
        return position.position() == segment.log().end() && live - 1 > offset
                ? placeAt(live - 1).text()
                : text();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            waiter.disarm();
            leaveChain();
            withdraw();
            core.store().detach(segment, waiter);
            core.forget(waiter);
        }
    }

    private void startNow() {
        moveToTail();
        ResponseView view = responseId == null ? null : segment.view(responseId);
        ended = view != null && view.ended();
    }

    private void startAtBeginning() {
        Segment.Beginning beginning = segment.beginning();
        ResponseView view = responseId == null ? null : segment.view(responseId);
        if (view != null) {
            startBefore(view.firstOffset(), view.cursorBefore());
        } else if (responseId == null && beginning != null) {
            startBefore(beginning.offset(), beginning.cursorBefore());
        } else {
            moveToTail();
            unknown = responseId != null;
            unknownSince = core.nanos();
            if (unknown) {
                core.remember(waiter);
            }
        }
    }

    /** Starts just before a record that was appended here once. */
    private void startBefore(long firstOffset, String cursorBefore) {
        EntryLog.Chunk chunk = segment.log().chunkAtOffset(firstOffset);
        if (firstOffset >= segment.coveredFrom() && chunk != null) {
            position = LogPosition.at(segment.log(), chunk);
            place = chunk.cursorBefore();
            skipThrough = firstOffset - 1;
            offset = firstOffset - 1;
            epoch = segment.epoch();
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
        stand(after);
        ended = responseId != null && after.expectations().ended(filter);
        if (ended) {
            return;
        }
        if (after.epoch() != segment.epoch()) {
            loseWay(GapReason.LOG_RECREATED);
        } else if (after.offset() >= core.store().live(partition)) {
            follow(after, LogPosition.at(segment.log(), segment.log().end()));
            check = newRequest(after);
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
            unverified = false;
        }
        if (unverified && chunk == null && after.offset() < core.store().live(partition)) {
            loseWay(GapReason.LOG_RECREATED);
        }
    }

    /** Reads a log of entries on from a cursor whose own record is still in front. */
    private void follow(Cursor after, LogPosition from) {
        stand(after);
        position = from;
        skipThrough = after.offset();
        unverified = after.kind() == Cursor.Kind.RECORD;
    }

    /** Is where a cursor says, with the expectations that it carries. */
    private void stand(Cursor at) {
        kind = at.kind();
        offset = at.offset();
        epoch = at.epoch();
        own = at.expectations().copy();
        place = null;
    }

    private void request(Cursor after) {
        leaveChain();
        stand(after);
        unverified = false;
        if (after.offset() + 1 < core.store().windowStart(partition, core.millis())) {
            loseWay(GapReason.CURSOR_TOO_OLD);
        } else {
            request = newRequest(after);
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
            if (gap != null) {
                return tellGap(gap);
            }
            if (check != null && lookAhead(check)) {
                continue;
            }
            if (request != null) {
                if (!resolved(request)) {
                    return null;
                }
                continue;
            }
            ScanChain following = chain;
            ScanChain.End end = following == null ? null : following.end();
            Entry entry = position.next();
            if (entry != null) {
                Frame frame = take(entry);
                if (frame != null || ended) {
                    return frame;
                }
            } else if (position.evicted()) {
                request(where());
            } else if (end != null) {
                leave(end);
            } else if (!overdue()) {
                return null;
            }
        }
    }

    /** Whether the log turned out to end before the cursor. */
    private boolean lookAhead(CatchUpRequest asked) {
        switch (asked.outcome()) {
            case CatchUpRequest.Outcome.Pending _ -> {
                return false;
            }
            case CatchUpRequest.Outcome.Refused refused -> loseWay(refused.reason());
            case CatchUpRequest.Outcome.InSegment _, CatchUpRequest.Outcome.Follow _ -> {
                asked.withdraw();
                check = null;
            }
        }
        return gap != null;
    }

    private boolean resolved(CatchUpRequest asked) {
        switch (asked.outcome()) {
            case CatchUpRequest.Outcome.Pending _ -> {
                return false;
            }
            case CatchUpRequest.Outcome.Refused refused -> loseWay(refused.reason());
            case CatchUpRequest.Outcome.InSegment _ -> {
                request = null;
                resume(asked.after());
            }
            case CatchUpRequest.Outcome.Follow followed -> {
                ScanChain found = followed.chain();
                request = null;
                chain = found;
                follow(asked.after(), LogPosition.at(found.log(), 0));
                unverified &= found.from() <= asked.after().offset();
            }
        }
        return true;
    }

    private @Nullable Frame take(Entry entry) {
        boolean marker = entry.kind() == Entry.Kind.GAP;
        if (entry.offset() < skipThrough || (entry.offset() == skipThrough && !marker)) {
            unverified &= entry.offset() != skipThrough;
            if (own == null) {
                place = entry.frame().cursor();
            } else if (entry.offset() == skipThrough) {
                align(entry);
            }
            return null;
        }
        if (unverified) {
            loseWay(GapReason.LOG_RECREATED);
            return null;
        }
        kind = Cursor.Kind.RECORD;
        offset = entry.offset();
        return own == null ? byTheLog(entry) : byOneself(entry, own);
    }

    private @Nullable Frame byTheLog(Entry entry) {
        place = entry.frame().cursor();
        boolean mine = responseId == null || entry.response() == filter;
        if (entry.kind() == Entry.Kind.GAP && mine) {
            loseWay(GapReason.REPAIR_FAILED);
            return null;
        }
        return entry.kind() == Entry.Kind.NEXT && mine ? shown(entry, entry.frame()) : null;
    }

    private @Nullable Frame byOneself(Entry entry, Expectations mine) {
        if (entry.kind() == Entry.Kind.GAP) {
            align(entry);
            return null;
        }
        if (entry.terminal() && mine.lastOf(entry.response()) > entry.sequence()) {
            // Nothing follows a terminal event: the cursor told of events that never were.
            loseWay(GapReason.LOG_RECREATED);
            return null;
        }
        switch (mine.judge(entry.response(), entry.sequence(), entry.terminal(), entry.seconds())) {
            case REPEAT -> {
                align(entry);
                return null;
            }
            case EARLY -> {
                if (responseId == null || entry.response() == filter) {
                    waitForRepair(entry.response());
                }
                return null;
            }
            case NEXT -> {
                repaired(entry.response());
                align(entry);
                if (responseId != null && entry.response() != filter) {
                    return null;
                }
                return shown(entry, own == null ? entry.frame() : EventEncoder.underCursor(entry.frame(), text()));
            }
        }
        throw new IllegalStateException("no such judgement");
    }

    private Frame shown(Entry entry, Frame frame) {
        if (unknown) {
            unknown = false;
            core.forget(waiter);
        }
        if (responseId != null && entry.terminal()) {
            ended = true;
            leaveChain();
        }
        return frame;
    }

    /** Gives up own expectations if they are those of the log after this entry. */
    private void align(Entry entry) {
        String theirs = entry.frame().cursor();
        if (own != null && own.mayFollow(Cursor.parse(theirs).expectations())) {
            own = null;
            holes = null;
            place = theirs;
            core.forget(waiter);
        }
    }

    private void repaired(long response) {
        if (holes != null) {
            holes.filled(response);
            if (holes.isEmpty()) {
                core.forget(waiter);
            }
        }
    }

    private void waitForRepair(long response) {
        if (holes == null) {
            holes = new Holes(
                    core.config().repairWait().toNanos(), core.config().mostEarlyEvents());
        }
        holes.early(response, core.nanos());
        core.remember(waiter);
    }

    /** What time alone brings, where nothing is to be read; whether anything changed. */
    private boolean overdue() {
        if (holes != null && !holes.overdue(core.nanos()).isEmpty()) {
            loseWay(GapReason.REPAIR_FAILED);
            return true;
        }
        if (unknown && inquiry == null && core.nanos() - unknownSince >= UNKNOWN_NANOS) {
            inquiry = core.history(conversationId);
            var _ = inquiry.thenRun(waiter::wake);
        }
        if (unknown && inquiry != null && inquiry.isDone()) {
            unknown = false;
            core.forget(waiter);
            if (inquiry.join().stream().anyMatch(turn -> turn.responseId().equals(responseId))) {
                gap = new Gap(GapReason.CURSOR_TOO_OLD, inquiry);
                return true;
            }
        }
        return false;
    }

    /** The chain is read to its end. */
    private void leave(ScanChain.End end) {
        switch (end) {
            case ScanChain.End.Refused _ -> loseWay(GapReason.CURSOR_TOO_OLD);
            case ScanChain.End.Early early -> request(behind(early.through()));
            case ScanChain.End.AtSegment handed -> {
                if (unverified) {
                    loseWay(GapReason.LOG_RECREATED);
                    return;
                }
                Cursor after = behind(handed.through());
                leaveChain();
                resume(after);
            }
        }
    }

    /** Here, but past everything up to an offset, of which nothing is unread. */
    private Cursor behind(long through) {
        return unverified || through <= offset ? where() : placeAt(through);
    }

    private Cursor placeAt(long through) {
        Cursor here = where();
        return new Cursor(
                Cursor.Kind.PLACE, here.epoch(), partition, here.conversation(), through, here.expectations());
    }

    private void loseSegment() {
        core.store().detach(segment, waiter);
        segment = core.store().attach(conversationId, partition, waiter);
        if (gap == null) {
            loseWay(GapReason.LOG_RECREATED);
        }
    }

    private void loseWay(GapReason reason) {
        leaveChain();
        withdraw();
        unknown = false;
        core.forget(waiter);
        CompletableFuture<List<GapFrame.Turn>> turns = core.history(conversationId);
        var _ = turns.thenRun(waiter::wake);
        gap = new Gap(reason, turns);
    }

    private @Nullable Frame tellGap(Gap told) {
        if (!told.turns().isDone()) {
            return null;
        }
        List<GapFrame.Turn> turns = told.turns().join();
        moveToTail();
        Map<ResponseView, Response> views = new LinkedHashMap<>();
        segment.views()
                .filter(view -> view.begins()
                        && (responseId == null || view.responseId().equals(responseId)))
                .forEach(view -> view.response().ifPresent(response -> views.put(view, response)));
        passOver(views);
        gap = null;
        core.metrics().gap(told.reason());
        ended = responseId != null
                && (turns.stream().anyMatch(turn -> turn.responseId().equals(responseId))
                        || views.values().stream().anyMatch(TapeReader::hasEnded));
        return GapFrame.of(text(), conversationId, told.reason(), turns, List.copyOf(views.values()), responseId);
    }

    /** Views may be ahead of the tail that was taken before them: what they tell must not be shown again. */
    private void passOver(Map<ResponseView, Response> views) {
        Expectations here = where().expectations();
        boolean ahead = false;
        for (Map.Entry<ResponseView, Response> told : views.entrySet()) {
            long response = Fingerprint.of(told.getKey().responseId());
            long last = told.getValue().getLastSequence();
            boolean known = here.lastOf(response) >= 0 || told.getKey().firstOffset() > offset;
            if (known && !here.ended(response) && last > here.lastOf(response)) {
                here.jump(response, last, hasEnded(told.getValue()), here.time());
                ahead = true;
            }
        }
        if (ahead) {
            own = here;
            place = null;
        }
    }

    private void moveToTail() {
        long live = core.store().live(partition);
        Entry last = segment.log().last();
        own = null;
        holes = null;
        skipThrough = -1;
        unverified = false;
        if (last == null) {
            position = LogPosition.at(segment.log(), 0);
            kind = Cursor.Kind.PLACE;
            offset = live - 1;
            place = core.nowhere(conversationId, partition, live - 1);
        } else {
            position = LogPosition.at(segment.log(), last.position() + 1);
            kind = Cursor.Kind.RECORD;
            offset = last.offset();
            place = last.frame().cursor();
        }
    }

    private void withdraw() {
        if (request != null) {
            request.withdraw();
            request = null;
        }
        if (check != null) {
            check.withdraw();
            check = null;
        }
    }

    private void leaveChain() {
        if (chain != null) {
            chain.waiters().remove(waiter);
            chain = null;
        }
    }

    private Cursor where() {
        if (own == null) {
            return Cursor.parse(Objects.requireNonNull(place));
        }
        return new Cursor(kind, epoch, partition, Cursor.conversationHash(conversationId), offset, own.copy());
    }

    private String text() {
        return place != null ? place : where().text();
    }

    private static boolean hasEnded(Response view) {
        return switch (view.getStatus()) {
            case COMPLETED, FAILED, CANCELLED, BLOCKED -> true;
            case QUEUED, RUNNING, OTHER -> false;
        };
    }
}
