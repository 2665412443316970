package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What readers know of the tape behind them: segments, passes over what is older, history, and time. Thread-safe. */
interface ReaderSource {

    /** The conversation's segment, which wakes this reader from now on. */
    Segment attach(String conversationId, Waiter waiter);

    void detach(Segment segment, Waiter waiter);

    /** Whether everything after this offset is older than a cursor may be. */
    boolean isTooOld(Segment segment, long offset);

    /** Asks for a pass over what follows a cursor. */
    CatchUpRequest catchUp(Segment segment, Cursor after, Waiter waiter);

    /**
     * Finished answers of a conversation, asked for once for all who ask at the same time; never fails.
     *
     * @param seen the latest delete that the one who asks has seen: nothing from before it is wanted
     */
    CompletableFuture<List<FinishedAnswer>> history(String conversationId, Segment.@Nullable Deletion seen);

    /** Wakes this reader about once a second, until told to {@link #forget} it. */
    void remember(Waiter waiter);

    void forget(Waiter waiter);

    /** A reader was given the assembled state. @param reason why; null if it had asked for that */
    void recapped(@Nullable GapReason reason);

    /** Monotonic time. */
    long nanos();
}
