package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.wake.Waiters;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recent events of one conversation, encoded, and its recent answers, assembled.
 *
 * <p>Only the poll thread appends and evicts; any thread reads. It holds every record of the conversation from offset
 * {@link #coveredFrom} up to the partition's live position, repeats and early ones included.
 */
public final class Segment {

    private static final int MOST_VIEWS = 256;

    /**
     * Where the conversation begins within the resume window, held or not.
     *
     * @param cursorBefore what was known before it
     */
    public record Beginning(long offset, String cursorBefore) {}

    /**
     * Where the conversation was deleted.
     *
     * @param cursorBefore what was known before
     * @param response fingerprint of the deletion's own id
     */
    public record Deletion(long offset, String cursorBefore, long response) {}

    /**
     * What there was of the conversation at one moment: everything from {@code coveredFrom} on that was known before
     * {@code live}, and perhaps some of what came after.
     *
     * @param live the partition's next offset: all before it is in the span, or was evicted from it
     */
    public record Extent(long live, EntryLog.Span span, long coveredFrom) {

        @Nullable
        public SegmentEntry last() {
            return span.last();
        }

        /** Position of the next entry to come. */
        public long end() {
            return span.end();
        }
    }

    /**
     * Where an offset was looked up, and in what.
     *
     * @param position before the oldest entry held of that offset or a later one; at the extent's end if there is none
     */
    public record Found(Extent extent, LogPosition position) {

        /** Whether the extent has nothing of that offset or a later one. */
        public boolean atEnd() {
            return position.position() >= extent.end();
        }
    }

    private final String conversationId;
    private final TapePartition partition;
    private final TapeConfig config;
    private final ReadHook hook;
    private final ConversationFold fold;
    private final EntryLog log;
    private final Waiters waiters = new Waiters();
    private final Map<String, ResponseView> views = new ConcurrentHashMap<>(2);
    private final Holes holes;
    private final Map<Long, List<TapeRecord>> early = new HashMap<>(0);
    private final long heldFrom;
    private volatile @Nullable Beginning beginning;
    private volatile @Nullable Deletion deletion;
    private volatile boolean forgotten;
    private volatile boolean lost;
    private long bytes;

    Segment(String conversationId, TapePartition partition, TapeConfig config, ReadHook hook) {
        this.conversationId = conversationId;
        this.partition = partition;
        this.config = config;
        this.hook = hook;
        this.log = new EntryLog(hook);
        this.heldFrom = partition.held();
        this.fold = new ConversationFold(
                partition.epoch(), partition.number(), conversationId, heldFrom - 1, partition.joining());
        this.holes = noHoles();
    }

    /**
     * Appends the conversation's next record; poll thread only.
     *
     * @return the chunk, if a new one was begun
     */
    EntryLog.@Nullable Chunk append(TapeRecord record, long nanos) {
        String before = fold.cursor();
        SegmentEntry entry = fold.fold(record);
        switch (entry.kind()) {
            case NEXT -> {
                holes.filled(entry.response());
                early.remove(entry.response());
                if (record.event() instanceof TokenEvent.ConversationDeleted) {
                    forgetAll(entry, before);
                } else {
                    see(record, entry.sequence() == 0, before);
                }
            }
            case EARLY -> {
                holes.early(entry.response(), nanos);
                List<TapeRecord> waiting = early.computeIfAbsent(entry.response(), _ -> new ArrayList<>());
                if (waiting.size() < config.mostEarlyEvents()) {
                    waiting.add(record);
                }
            }
            case REPEAT, GAP -> {}
        }
        if (beginning == null) {
            beginning = new Beginning(record.offset(), before);
        }
        return append(entry, before);
    }

    /** Gives up what is overdue; poll thread only. Returns the chunks begun. */
    List<EntryLog.Chunk> giveUpOverdue(long nanos) {
        List<EntryLog.Chunk> begun = new ArrayList<>(0);
        for (long response : holes.overdue(nanos)) {
            List<TapeRecord> records = Objects.requireNonNull(early.remove(response));
            records.sort(
                    Comparator.comparingLong(record -> record.event().envelope().sequence()));
            long sequence = -1;
            boolean terminal = false;
            for (TapeRecord record : records) {
                TokenEvent event = record.event();
                if (event.envelope().sequence() > sequence) {
                    sequence = event.envelope().sequence();
                    terminal = event.isTerminal();
                    see(record, false, fold.cursor());
                }
            }
            holes.filled(response);
            ResponseView view = views.get(records.getFirst().event().envelope().responseId());
            if (view != null) {
                view.broken();
            }
            String before = fold.cursor();
            SegmentEntry after = Objects.requireNonNull(log.span().last());
            EntryLog.Chunk chunk = append(fold.giveUp(after, response, sequence, terminal), before);
            if (chunk != null) {
                begun.add(chunk);
            }
        }
        return begun;
    }

    /** Nothing that is waited for, yet: for a reader who judges by itself, within the same bounds. */
    public Holes noHoles() {
        return new Holes(config.repairWait().toNanos(), config.mostEarlyEvents());
    }

    boolean hasHoles() {
        return !holes.isEmpty();
    }

    /**
     * Lets the oldest chunk go, and with it the text of answers that ended there; poll thread only.
     *
     * @param windowStart milliseconds since 1970; what is older is not only evicted but forgotten
     */
    void evictFirst(long windowStart) {
        EntryLog.Chunk chunk = log.span().first();
        if (chunk == null) {
            return;
        }
        log.evictFirst();
        long coveredFrom = coveredFrom();
        bytes -= chunk.bytes();
        if (chunk.newestTimestamp() < windowStart) {
            forgotten = true;
            EntryLog.Chunk following = log.span().first();
            beginning = new Beginning(coveredFrom, following == null ? fold.cursor() : following.cursorBefore());
        }
        views.values().removeIf(view -> {
            if (view.ended() && view.terminalOffset() < coveredFrom) {
                bytes -= view.dropText();
            }
            return view.ended() && view.endedBefore(windowStart);
        });
    }

    /** Bytes held by entries and views; poll thread only. */
    long bytes() {
        return bytes;
    }

    /** The log under it was lost or created anew: nothing here holds any more. */
    void lose() {
        lost = true;
        waiters.wake();
    }

    public boolean lost() {
        hook.reading();
        return lost;
    }

    public String conversationId() {
        return conversationId;
    }

    public TapePartition partition() {
        return partition;
    }

    public long epoch() {
        return partition.epoch();
    }

    public ReadHook hook() {
        return hook;
    }

    /** What there is now. */
    public Extent extent() {
        // In this order: what is before the live offset was appended before that was said.
        long live = partition.live();
        EntryLog.Span span = log.span();
        return new Extent(live, span, Math.max(heldFrom, span.evictedThrough() + 1));
    }

    /** Looks an offset up in what there is now. */
    public Found before(long offset) {
        while (true) {
            Extent now = extent();
            LogPosition position = log.before(offset, now.span());
            // Null if it was evicted under our eyes: it has another extent then.
            if (position != null) {
                return new Found(now, position);
            }
        }
    }

    /** Before the first entry that was ever appended. */
    public LogPosition start() {
        return LogPosition.at(log, 0);
    }

    /** Behind what an extent of it has. */
    public LogPosition behind(Extent extent) {
        return LogPosition.at(log, extent.end());
    }

    public Waiters waiters() {
        return waiters;
    }

    /** From this offset on it holds every record; it only grows. */
    public long coveredFrom() {
        return extent().coveredFrom();
    }

    /** Whether nothing was ever appended. */
    boolean isEmpty() {
        return log.span().last() == null;
    }

    /** Whether nothing of what was appended is held any more. */
    boolean isEvicted() {
        return log.span().first() == null;
    }

    /** How many entries were appended. */
    long end() {
        return log.span().end();
    }

    /** Whether what can be read here is all that the conversation ever had, as far as the log can say. */
    public boolean reachesToTheStart() {
        hook.reading();
        return heldFrom == 0 && !forgotten;
    }

    /** Null if the conversation has nothing within the resume window. */
    @Nullable
    public Beginning beginning() {
        hook.reading();
        return beginning;
    }

    /** The latest delete of the conversation, or null; what was said before it is shown to nobody who comes now. */
    @Nullable
    public Deletion deletion() {
        hook.reading();
        return deletion;
    }

    /** A response that was seen here within the resume window. */
    @Nullable
    public ResponseView view(String responseId) {
        hook.reading();
        return views.get(responseId);
    }

    /** All responses in view, the one begun first at the front. */
    public Stream<ResponseView> views() {
        hook.reading();
        return views.values().stream().sorted(Comparator.comparingLong(ResponseView::firstOffset));
    }

    private EntryLog.@Nullable Chunk append(SegmentEntry entry, String cursorBefore) {
        bytes += entry.bytes();
        return log.append(entry, cursorBefore);
    }

    private void see(TapeRecord record, boolean begins, String cursorBefore) {
        String responseId = record.event().envelope().responseId();
        ResponseView view = views.get(responseId);
        if (view == null) {
            if (views.size() >= MOST_VIEWS) {
                forgetOldestView();
            }
            view = new ResponseView(conversationId, record, begins, cursorBefore);
            views.put(responseId, view);
        }
        bytes += view.accept(record);
        if (view.bytes() > config.mostAnswerBytes()) {
            bytes -= view.dropText();
        }
    }

    private void forgetAll(SegmentEntry deleted, String cursorBefore) {
        deletion = new Deletion(deleted.offset(), cursorBefore, deleted.response());
        beginning = new Beginning(deleted.offset(), cursorBefore);
        views.values().forEach(view -> bytes -= view.dropText());
        views.clear();
    }

    private void forgetOldestView() {
        views().filter(ResponseView::ended)
                .findFirst()
                .or(() -> views().findFirst())
                .ifPresent(view -> {
                    bytes -= view.dropText();
                    views.remove(view.responseId());
                });
    }
}
