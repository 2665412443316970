package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.cursor.Fingerprint;
import dev.tokentape.gateway.tape.frame.EventEncoder;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Holes;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentEntry;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one reader makes of the entries it comes across: which it is shown, and which it had before.
 *
 * <p>Having come with a cursor, it first passes over what was read already, and verifies that the record which the
 * cursor names is there. Then, while its expectations are those of the log, it takes the log's judgement. Where they
 * differ (this gateway joined the log in a repeated stretch, or the cursor comes from one that did) it judges for
 * itself, gives frames a cursor of its own, and waits for repairs by itself, until the two agree again.
 */
final class EntryJudge {

    /** What became of an entry. */
    sealed interface Ruling {
        record Shown(Frame frame) implements Ruling {}

        /** Not for this reader. */
        record Passed() implements Ruling {}

        /** The reader cannot go on. */
        record Lost(GapReason reason) implements Ruling {}
    }

    private static final Ruling PASSED = new Ruling.Passed();
    private static final Ruling RECREATED = new Ruling.Lost(GapReason.LOG_RECREATED);
    private static final Ruling NOT_REPAIRED = new Ruling.Lost(GapReason.REPAIR_FAILED);

    private final MovingCursor cursor;
    private final boolean all;
    private final long response;
    private final Holes holes;
    private final LongSupplier nanos;
    private long deletion;

    /** Entries up to this offset were read before. */
    private long skipThrough = -1;

    /** Whether the record at {@link #skipThrough} has yet to be found there. */
    private boolean unverified;

    /**
     * @param responseId the only response that the reader is shown; null for all
     * @param holes what this reader waits for by itself; none yet
     */
    EntryJudge(MovingCursor cursor, @Nullable String responseId, Holes holes, LongSupplier nanos) {
        this.cursor = cursor;
        this.all = responseId == null;
        this.response = responseId == null ? 0 : Fingerprint.of(responseId);
        this.deletion = response;
        this.holes = holes;
        this.nanos = nanos;
    }

    /** Expects entries from before this offset, all of which were read. */
    void skip(long through, boolean mustBeThere) {
        skipThrough = through;
        unverified = mustBeThere;
    }

    /** A deletion is for this reader too, whatever else it is shown. */
    void show(Segment.Deletion told) {
        deletion = told.response();
    }

    /** The named record can no longer be asked for. */
    void trust() {
        unverified = false;
    }

    boolean unverified() {
        return unverified;
    }

    /** Begins anew: expects nothing of before, and waits for nothing. */
    void reset() {
        skip(-1, false);
        holes.clear();
    }

    /** Whether it waits for the repair of a response. */
    boolean waits() {
        return !holes.isEmpty();
    }

    /** Whether it has waited for too long. */
    boolean overdue() {
        return waits() && !holes.overdue(nanos.getAsLong()).isEmpty();
    }

    Ruling judge(SegmentEntry entry) {
        boolean marker = entry.kind() == SegmentEntry.Kind.GAP;
        if (entry.offset() < skipThrough || (entry.offset() == skipThrough && !marker)) {
            skipped(entry);
            return PASSED;
        }
        if (unverified) {
            return RECREATED;
        }
        cursor.reach(entry);
        Expectations own = cursor.own();
        return own == null ? byTheLog(entry) : byOneself(entry, own);
    }

    private void skipped(SegmentEntry entry) {
        boolean named = entry.offset() == skipThrough;
        unverified &= !named;
        if (cursor.own() == null) {
            cursor.goBy(entry);
        } else if (named) {
            align(entry);
        }
    }

    private Ruling byTheLog(SegmentEntry entry) {
        cursor.goBy(entry);
        if (!wanted(entry)) {
            return PASSED;
        }
        return switch (entry.kind()) {
            case NEXT -> new Ruling.Shown(entry.frame());
            case GAP -> NOT_REPAIRED;
            case REPEAT, EARLY -> PASSED;
        };
    }

    private Ruling byOneself(SegmentEntry entry, Expectations own) {
        if (entry.kind() == SegmentEntry.Kind.GAP) {
            align(entry);
            return PASSED;
        }
        if (entry.terminal() && own.lastOf(entry.response()) > entry.sequence()) {
            // Nothing follows a terminal event: the cursor told of events that never were.
            return RECREATED;
        }
        return switch (own.judge(entry.response(), entry.sequence(), entry.terminal(), entry.seconds())) {
            case REPEAT -> {
                align(entry);
                yield PASSED;
            }
            case EARLY -> {
                if (wanted(entry)) {
                    holes.early(entry.response(), nanos.getAsLong());
                }
                yield PASSED;
            }
            case NEXT -> {
                holes.filled(entry.response());
                align(entry);
                yield wanted(entry) ? new Ruling.Shown(underOwnCursor(entry)) : PASSED;
            }
        };
    }

    private Frame underOwnCursor(SegmentEntry entry) {
        return cursor.own() == null ? entry.frame() : EventEncoder.underCursor(entry.frame(), cursor.text());
    }

    private void align(SegmentEntry entry) {
        if (cursor.align(entry)) {
            holes.clear();
        }
    }

    private boolean wanted(SegmentEntry entry) {
        return all || entry.response() == response || entry.response() == deletion;
    }
}
