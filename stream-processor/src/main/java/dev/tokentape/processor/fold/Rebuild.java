package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.Envelope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Puts a fresh fold where its predecessor stood before a journal offset: by folding the responses that were open there
 * again, silently, from their first records.
 *
 * <p>Use: construct, feed every record from {@link #from} up to the offset through {@link #accept}, then
 * {@link #finish}. The index may be ahead of the offset, since stores are written before offsets are committed; and it
 * may be behind, where a predecessor that did not know of its replacement wrote late. Both are put right here.
 */
public final class Rebuild {

    /** Why a response cannot be folded again. */
    public enum Reason {
        OTHER_VERSION("it was begun under another version or other limits"),
        BEGINNING_GONE("its beginning is no longer in the journal");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    /** A response that must be ended as it stands on the tape. */
    public record Broken(ResponseKey key, IndexEntry entry, Reason reason) {
        String why() {
            return reason.words;
        }
    }

    private final JournalFold fold;
    private final long until;
    private final Map<ResponseKey, IndexEntry> wanted = new HashMap<>();
    private final Map<ResponseKey, IndexEntry> begun = new HashMap<>();
    private final Set<String> conversations = new HashSet<>();
    private final List<Broken> broken = new ArrayList<>();
    private final List<FoldOutcome> repairs = new ArrayList<>();

    /**
     * @param fold one that has folded nothing yet
     * @param until offset of the record that will be folded next
     * @param index visits every entry of the index
     */
    public Rebuild(
            JournalFold fold, KnownResponses known, long until, Consumer<BiConsumer<ResponseKey, IndexEntry>> index) {
        this.fold = fold;
        this.until = until;
        index.accept((key, entry) -> plan(key, entry, known.terminalOffset(key)));
    }

    private void plan(ResponseKey key, IndexEntry entry, long terminalOffset) {
        if (!entry.isOpenAt(until)) {
            return;
        }
        if (terminalOffset != Envelope.NONE && terminalOffset < until) {
            repairs.add(new FoldOutcome.Remember(key, entry.ended(terminalOffset, entry.firstTime())));
        } else if (entry.version() != fold.version()) {
            broken.add(new Broken(key, entry, Reason.OTHER_VERSION));
        } else if (entry.first() < until) {
            wanted.put(key, entry);
            conversations.add(key.conversationId());
        }
    }

    /** Journal offset to read from; the target offset itself if there is nothing to read. */
    public long from() {
        return wanted.values().stream().mapToLong(IndexEntry::first).min().orElse(until);
    }

    /** Whether records of this conversation may say anything here; all others need not be shown. */
    public boolean concerns(String conversationId) {
        return conversations.contains(conversationId);
    }

    /** Takes the next record; those of responses that are not open at the target offset are passed over. */
    public void accept(long offset, long time, JournalEntry entry) {
        if (entry instanceof JournalEntry.Ordered(ControlCommand command) && command.getType() == ControlType.DELETE) {
            delete(offset, time, entry);
            return;
        }
        ResponseKey key = entry.key();
        IndexEntry known = wanted.get(key);
        if (known == null || offset < known.first() || offset >= until) {
            return;
        }
        if (begun.containsKey(key) && !fold.isOpen(key)) {
            return;
        }
        fold.replay(offset, time, entry, _ -> {});
        if (fold.isOpen(key)) {
            begun.putIfAbsent(key, known);
        } else if (begun.containsKey(key)) {
            repairs.add(new FoldOutcome.Remember(key, known.ended(offset, time)));
        }
    }

    /** A delete ends all open answers of its conversation; one that it had ended is open only in a late index. */
    private void delete(long offset, long time, JournalEntry entry) {
        List<ResponseKey> there = begun.keySet().stream()
                .filter(key -> key.conversationId().equals(entry.key().conversationId()) && fold.isOpen(key))
                .toList();
        if (offset < until && !there.isEmpty()) {
            fold.replay(offset, time, entry, _ -> {});
            there.stream()
                    .filter(key -> !fold.isOpen(key))
                    .forEach(key -> repairs.add(new FoldOutcome.Remember(
                            key, Objects.requireNonNull(begun.get(key)).ended(offset, time))));
        }
    }

    /**
     * Ends the reading.
     *
     * @return the responses that could not be folded again, oldest first
     */
    public List<Broken> finish() {
        wanted.forEach((key, entry) -> {
            if (!begun.containsKey(key)) {
                broken.add(new Broken(key, entry, Reason.BEGINNING_GONE));
            }
        });
        broken.sort(Comparator.comparingLong((Broken lost) -> lost.entry().first())
                .thenComparing(lost -> lost.key().toString()));
        return List.copyOf(broken);
    }

    /** Corrections of the index, to be written down. */
    public List<FoldOutcome> repairs() {
        return List.copyOf(repairs);
    }
}
