package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;

/** What a reader asks of Kafka: the records after a cursor. */
public final class CatchUpRequest {

    /** What became of it. */
    public sealed interface Resolution {
        record Pending() implements Resolution {}

        /** A pass serves it. */
        record Follow(ScanChain chain) implements Resolution {}

        /** The log has the cursor's place, and the segment holds, or will get, what follows. */
        record InSegment() implements Resolution {}

        record Refused(GapReason reason) implements Resolution {}
    }

    private final Segment segment;
    private final Cursor after;
    private final Waiter waiter;
    private volatile Resolution resolution = new Resolution.Pending();
    private volatile boolean withdrawn;

    public CatchUpRequest(Segment segment, Cursor after, Waiter waiter) {
        this.segment = segment;
        this.after = after;
        this.waiter = waiter;
    }

    Segment segment() {
        return segment;
    }

    public Cursor after() {
        return after;
    }

    Waiter waiter() {
        return waiter;
    }

    public Resolution resolution() {
        segment.hook().reading();
        return resolution;
    }

    void resolve(Resolution result) {
        if (result instanceof Resolution.Follow follow) {
            follow.chain().waiters().add(waiter);
            resolution = result;
            if (withdrawn) {
                follow.chain().waiters().remove(waiter);
            }
        } else {
            resolution = result;
        }
        waiter.wake();
    }

    /** The reader is gone. */
    public void withdraw() {
        withdrawn = true;
        if (resolution instanceof Resolution.Follow follow) {
            follow.chain().waiters().remove(waiter);
        }
    }

    boolean withdrawn() {
        return withdrawn;
    }
}
