package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.catchup.CatchUp;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.GapFrame;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.gateway.tape.wake.Waiter;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tape itself, without the threads that feed it: segments, catch-up, and the readers that move over them. */
public final class TapeCore implements Tape {

    private static final Logger LOG = LoggerFactory.getLogger(TapeCore.class);

    /** For readers that named no loop: they are woken on the thread that appended. */
    private static final Executor HERE = Runnable::run;

    private final TopicCatalogue topics;
    private final TapeConfig config;
    private final SegmentStore store;
    private final CatchUp catchUp;
    private final HistorySource history;
    private final TapeMetrics metrics;
    private final BooleanSupplier ready;
    private final LongSupplier nanos;
    private final LongSupplier millis;
    private final Set<Waiter> timed = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Inquiry, CompletableFuture<List<GapFrame.Turn>>> asked = new ConcurrentHashMap<>();

    /** Shared by all who ask while it runs and have seen the same delete, or none. */
    private record Inquiry(String conversationId, Segment.@Nullable Deletion deletion) {}

    public TapeCore(
            TopicCatalogue topics,
            TapeConfig config,
            SegmentStore store,
            CatchUp catchUp,
            HistorySource history,
            TapeMetrics metrics,
            BooleanSupplier ready,
            LongSupplier nanos,
            LongSupplier millis) {
        this.topics = topics;
        this.config = config;
        this.store = store;
        this.catchUp = catchUp;
        this.history = history;
        this.metrics = metrics;
        this.ready = ready;
        this.nanos = nanos;
        this.millis = millis;
    }

    @Override
    public boolean ready() {
        return ready.getAsBoolean();
    }

    @Override
    public Reader read(ReadRequest request, Runnable wakeUp) {
        return read(request, HERE, wakeUp);
    }

    @Override
    public Reader read(ReadRequest request, Executor loop, Runnable wakeUp) {
        requireReady();
        return new TapeReader(this, request, new Waiter(loop, wakeUp));
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

    @Override
    public String cursorOf(String conversationId) {
        requireReady();
        return store.tail(conversationId, partitionOf(conversationId));
    }

    /** Lets time pass for those who wait for it; called about once a second. */
    public void tick() {
        timed.forEach(Waiter::wake);
    }

    /**
     * Finished answers of a conversation, asked for once for all who ask at the same time; never fails.
     *
     * @param seen the latest delete that the one who asks has seen: nothing from before it is wanted
     */
    CompletableFuture<List<GapFrame.Turn>> history(String conversationId, Segment.@Nullable Deletion seen) {
        Inquiry inquiry = new Inquiry(conversationId, seen);
        CompletableFuture<List<GapFrame.Turn>> mine = new CompletableFuture<>();
        CompletableFuture<List<GapFrame.Turn>> running = asked.putIfAbsent(inquiry, mine);
        if (running != null) {
            return running;
        }
        var _ = turns(conversationId).thenAccept(turns -> {
            asked.remove(inquiry);
            mine.complete(turns);
        });
        return mine;
    }

    private CompletableFuture<List<GapFrame.Turn>> turns(String conversationId) {
        try {
            return history.turns(conversationId)
                    .toCompletableFuture()
                    .thenApply(found -> GapFrame.Turn.of(conversationId, found))
                    .exceptionally(e -> withoutHistory(conversationId, e));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(withoutHistory(conversationId, e));
        }
    }

    private static List<GapFrame.Turn> withoutHistory(String conversationId, Throwable e) {
        LOG.warn("no history for a gap, readers get what is in memory: conversation={}", conversationId, e);
        return List.of();
    }

    /** Wakes this reader at every tick. */
    void remember(Waiter waiter) {
        timed.add(waiter);
    }

    void forget(Waiter waiter) {
        timed.remove(waiter);
    }

    int partitionOf(String conversationId) {
        return topics.partitionOf(conversationId);
    }

    SegmentStore store() {
        return store;
    }

    CatchUp catchUp() {
        return catchUp;
    }

    TapeConfig config() {
        return config;
    }

    TapeMetrics metrics() {
        return metrics;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    /** Wall clock, milliseconds since 1970. */
    long millis() {
        return millis.getAsLong();
    }

    private void requireReady() {
        if (!ready.getAsBoolean()) {
            throw new IllegalStateException("the tape is not ready: it is still reading the resume window back");
        }
    }
}
