package dev.tokentape.gateway.tape;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tape itself, without the threads that feed it: segments, catch-up, and the readers that move over them. */
final class TapeCore implements Tape {

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
    private final ConcurrentHashMap<String, CompletableFuture<List<GapFrame.Turn>>> asked = new ConcurrentHashMap<>();

    TapeCore(
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
        return deletion != null && Cursor.parse(cursor).offset() < deletion.offset();
    }

    @Override
    public String cursorOf(String conversationId) {
        requireReady();
        int partition = partitionOf(conversationId);
        long live = store.live(partition);
        Segment segment = store.find(conversationId);
        Entry last = segment == null ? null : segment.log().last();
        if (last == null) {
            return nowhere(conversationId, partition, live - 1);
        }
        Cursor newest = Cursor.parse(last.frame().cursor());
        return last.offset() >= live - 1
                ? last.frame().cursor()
                : new Cursor(
                                Cursor.Kind.PLACE,
                                newest.epoch(),
                                partition,
                                newest.conversation(),
                                live - 1,
                                newest.expectations())
                        .text();
    }

    /** Lets time pass for those who wait for it; called about once a second. */
    void tick() {
        timed.forEach(Waiter::wake);
    }

    /** A cursor for a place before which the conversation has nothing that is known here. */
    String nowhere(String conversationId, int partition, long offset) {
        return Cursor.text(
                Cursor.Kind.PLACE,
                store.epoch(),
                partition,
                Cursor.conversationHash(conversationId),
                offset,
                store.joining(partition));
    }

    /** Finished answers of a conversation, asked for once for all who ask at the same time; never fails. */
    CompletableFuture<List<GapFrame.Turn>> history(String conversationId) {
        CompletableFuture<List<GapFrame.Turn>> mine = new CompletableFuture<>();
        CompletableFuture<List<GapFrame.Turn>> running = asked.putIfAbsent(conversationId, mine);
        if (running != null) {
            return running;
        }
        var _ = turns(conversationId).thenAccept(turns -> {
            asked.remove(conversationId);
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
