package dev.tokentape.gateway.tape;

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
final class Segment {

    private static final int MOST_VIEWS = 256;

    /**
     * Where the conversation begins within the resume window, held or not.
     *
     * @param cursorBefore what was known before it
     */
    record Beginning(long offset, String cursorBefore) {}

    /**
     * Where the conversation was deleted.
     *
     * @param cursorBefore what was known before
     * @param response fingerprint of the deletion's own id
     */
    record Deletion(long offset, String cursorBefore, long response) {}

    private final String conversationId;
    private final int partition;
    private final long epoch;
    private final TapeConfig config;
    private final ConversationFold fold;
    private final EntryLog log = new EntryLog();
    private final Waiters waiters = new Waiters();
    private final Map<String, ResponseView> views = new ConcurrentHashMap<>(2);
    private final Holes holes;
    private final Map<Long, List<TapeRecord>> early = new HashMap<>(0);
    private volatile long coveredFrom;
    private volatile @Nullable Beginning beginning;
    private volatile @Nullable Deletion deletion;
    private volatile boolean lost;
    private long bytes;

    /** @param coveredFrom no record of this conversation from this offset on has been appended elsewhere */
    Segment(
            String conversationId,
            int partition,
            long epoch,
            long coveredFrom,
            Expectations expectations,
            TapeConfig config) {
        this.conversationId = conversationId;
        this.partition = partition;
        this.epoch = epoch;
        this.config = config;
        this.coveredFrom = coveredFrom;
        this.fold = new ConversationFold(epoch, partition, conversationId, coveredFrom - 1, expectations);
        this.holes = new Holes(config.repairWait().toNanos(), config.mostEarlyEvents());
    }

    /**
     * Appends the conversation's next record; poll thread only.
     *
     * @return the chunk, if a new one was begun
     */
    EntryLog.@Nullable Chunk append(TapeRecord record, long nanos) {
        String before = fold.cursor();
        Entry entry = fold.fold(record);
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
            Entry after = Objects.requireNonNull(log.last());
            EntryLog.Chunk chunk = append(fold.giveUp(after, response, sequence, terminal), before);
            if (chunk != null) {
                begun.add(chunk);
            }
        }
        return begun;
    }

    boolean hasHoles() {
        return !holes.isEmpty();
    }

    /**
     * Lets the oldest chunk go, and with it the text of answers that ended there; poll thread only.
     *
     * @param windowStart milliseconds since 1970; what is older is not only let go but forgotten
     */
    void evictFirst(long windowStart) {
        EntryLog.Chunk chunk = log.first();
        if (chunk == null) {
            return;
        }
        coveredFrom = Math.max(coveredFrom, chunk.newestOffset() + 1);
        log.evictFirst();
        bytes -= chunk.bytes();
        if (chunk.newestTimestamp() < windowStart) {
            EntryLog.Chunk following = log.first();
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

    boolean lost() {
        return lost;
    }

    String conversationId() {
        return conversationId;
    }

    int partition() {
        return partition;
    }

    long epoch() {
        return epoch;
    }

    EntryLog log() {
        return log;
    }

    Waiters waiters() {
        return waiters;
    }

    long coveredFrom() {
        return coveredFrom;
    }

    /** Null if the conversation has nothing within the resume window. */
    @Nullable
    Beginning beginning() {
        return beginning;
    }

    /** The latest delete of the conversation; null if none is known here. What was said before is shown to nobody who comes now. */
    @Nullable
    Deletion deletion() {
        return deletion;
    }

    /** A response that was seen here within the resume window. */
    @Nullable
    ResponseView view(String responseId) {
        return views.get(responseId);
    }

    /** All responses in view, the one begun first at the front. */
    Stream<ResponseView> views() {
        return views.values().stream().sorted(Comparator.comparingLong(ResponseView::firstOffset));
    }

    private EntryLog.@Nullable Chunk append(Entry entry, String cursorBefore) {
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

    private void forgetAll(Entry deleted, String cursorBefore) {
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
