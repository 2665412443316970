package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;

/** A reader's wish to be served from Kafka, after a cursor. */
public final class CatchUpRequest {

    /** What became of it. */
    public sealed interface Outcome {
        record Pending() implements Outcome {}

        /** A pass serves it. */
        record Follow(ScanChain chain) implements Outcome {}

        /** The log has the cursor's place, and the segment holds, or will get, what follows. */
        record InSegment() implements Outcome {}

        record Refused(GapReason reason) implements Outcome {}
    }

    private final Segment segment;
    private final Cursor after;
    private final Waiter waiter;
    private volatile Outcome outcome = new Outcome.Pending();
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

    public Outcome outcome() {
        segment.hook().reading();
        return outcome;
    }

    void resolve(Outcome result) {
        if (result instanceof Outcome.Follow follow) {
            follow.chain().waiters().add(waiter);
            outcome = result;
            if (withdrawn) {
                follow.chain().waiters().remove(waiter);
            }
        } else {
            outcome = result;
        }
        waiter.wake();
    }

    /** The reader is gone. */
    public void withdraw() {
        withdrawn = true;
        if (outcome instanceof Outcome.Follow follow) {
            follow.chain().waiters().remove(waiter);
        }
    }

    boolean withdrawn() {
        return withdrawn;
    }
}
