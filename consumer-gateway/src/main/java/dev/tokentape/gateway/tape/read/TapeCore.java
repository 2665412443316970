package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.gateway.tape.wake.Waiter;
import dev.tokentape.schemas.avro.Response;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;

/** The tape itself, without the threads that feed it: segments, catch-up, and the readers that move over them. */
public final class TapeCore implements Tape {

    /** For readers that named no loop: they are woken on the thread that appended. */
    private static final Executor HERE = Runnable::run;

    private final ToIntFunction<String> partitionOf;
    private final SegmentStore store;
    private final SharedSource source;

    /** @param partitionOf the partition of a conversation, by its id */
    public TapeCore(
            ToIntFunction<String> partitionOf,
            SegmentStore store,
            CatchUp catchUp,
            HistorySource history,
            TapeMetrics metrics,
            TapeClock clock) {
        this.partitionOf = partitionOf;
        this.store = store;
        this.source = new SharedSource(partitionOf, store, catchUp, history, metrics, clock);
    }

    /** Lets time pass for those who wait for it; called about once a second. */
    public void tick() {
        source.tick();
    }

    @Override
    public boolean ready() {
        return store.ready();
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public Reader read(ReadRequest request, Runnable wakeUp) {
        return read(request, HERE, wakeUp);
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public Reader read(ReadRequest request, Executor loop, Runnable wakeUp) {
        requireReady();
        return new TapeReader(source, request, new Waiter(loop, wakeUp));
    }

    @Override
    public Optional<Response> response(String conversationId, String responseId) {
        Segment segment = store.find(conversationId);
        ResponseView view = segment == null ? null : segment.view(responseId);
        return view == null || !view.whole() ? Optional.empty() : view.response();
    }

    @Override
    public List<Response> open(String conversationId) {
        Segment segment = store.find(conversationId);
        return segment == null
                ? List.of()
                : segment.views()
                        .filter(view -> view.begins() && !view.ended())
                        .map(ResponseView::response)
                        .flatMap(Optional::stream)
                        .toList();
    }

    @Override
    public int readers(String conversationId) {
        Segment segment = store.find(conversationId);
        return segment == null ? 0 : segment.waiters().size();
    }

    @Override
    public boolean deletedSince(String conversationId, String cursor) {
        Segment segment = store.find(conversationId);
        Segment.Deletion deletion = segment == null ? null : segment.deletion();
        if (segment == null || deletion == null) {
            return false;
        }
        Cursor place = Cursor.parse(cursor);
        return place.epoch() == segment.epoch() && place.offset() < deletion.offset();
    }

    /** @throws IllegalStateException before {@link #ready} */
    @Override
    public String cursorOf(String conversationId) {
        requireReady();
        return store.tail(conversationId, partitionOf.applyAsInt(conversationId));
    }

    private void requireReady() {
        if (!ready()) {
            throw new IllegalStateException("the tape is not ready: it is still reading the resume window back");
        }
    }
}
