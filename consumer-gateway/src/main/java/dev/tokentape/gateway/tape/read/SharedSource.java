package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.catchup.CatchUpRequest;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.gateway.tape.wake.Waiter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What all readers of one tape share. */
final class SharedSource implements ReaderSource {

    private final ToIntFunction<String> partitionOf;
    private final SegmentStore store;
    private final CatchUp catchUp;
    private final SharedHistory history;
    private final TapeMetrics metrics;
    private final TapeClock clock;
    private final Set<Waiter> timed = ConcurrentHashMap.newKeySet();

    SharedSource(
            ToIntFunction<String> partitionOf,
            SegmentStore store,
            CatchUp catchUp,
            HistorySource history,
            TapeMetrics metrics,
            TapeClock clock) {
        this.partitionOf = partitionOf;
        this.store = store;
        this.catchUp = catchUp;
        this.history = new SharedHistory(history);
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Lets time pass for those who wait for it. */
    void tick() {
        timed.forEach(Waiter::wake);
    }

    @Override
    public Segment attach(String conversationId, Waiter waiter) {
        return store.attach(conversationId, partitionOf.applyAsInt(conversationId), waiter);
    }

    @Override
    public void detach(Segment segment, Waiter waiter) {
        store.detach(segment, waiter);
    }

    @Override
    public boolean isTooOld(Segment segment, long offset) {
        return offset + 1
                < store.windowStart(segment.partition().number(), clock.millis().getAsLong());
    }

    @Override
    public CatchUpRequest catchUp(Segment segment, Cursor after, Waiter waiter) {
        CatchUpRequest request = new CatchUpRequest(segment, after, waiter);
        catchUp.request(request);
        return request;
    }

    @Override
    public CompletableFuture<List<FinishedAnswer>> history(String conversationId, Segment.@Nullable Deletion seen) {
        return history.answers(conversationId, seen);
    }

    @Override
    public void remember(Waiter waiter) {
        timed.add(waiter);
    }

    @Override
    public void forget(Waiter waiter) {
        timed.remove(waiter);
    }

    @Override
    public void recapped(@Nullable GapReason reason) {
        if (reason == null) {
            metrics.snapshot();
        } else {
            metrics.gap(reason);
        }
    }

    @Override
    public long nanos() {
        return clock.nanos().getAsLong();
    }
}
