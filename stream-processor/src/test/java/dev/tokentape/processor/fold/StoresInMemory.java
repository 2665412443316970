package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The stores as they are for the fold, in maps. */
public final class StoresInMemory implements KnownResponses {

    final Map<ResponseKey, IndexEntry> index = new HashMap<>();
    final Map<ResponseKey, Long> terminals = new HashMap<>();
    private final Map<ResponseKey, Long> asked = new HashMap<>();
    final Map<String, TreeMap<Long, Response>> turns = new HashMap<>();
    final Map<String, TreeSet<Long>> deletes = new HashMap<>();

    public void write(FoldOutcome outcome) {
        switch (outcome) {
            case FoldOutcome.Remember(ResponseKey key, IndexEntry entry) -> index.put(key, entry);
            case FoldOutcome.Forget(ResponseKey key) -> index.remove(key);
            case FoldOutcome.StoreTurn(ResponseKey key, long offset, long askedOffset, Response turn) -> {
                turns.computeIfAbsent(key.conversationId(), _ -> new TreeMap<>())
                        .put(offset, turn);
                terminals.put(key, offset);
                asked.put(key, askedOffset);
            }
            case FoldOutcome.Delete(ResponseKey key, long offset) -> {
                deletes.computeIfAbsent(key.conversationId(), _ -> new TreeSet<>())
                        .add(offset);
                terminals.put(key, offset);
            }
            case FoldOutcome.Ask _,
                    FoldOutcome.Retract _,
                    FoldOutcome.Publish _,
                    FoldOutcome.Dispatch _,
                    FoldOutcome.Stop _,
                    FoldOutcome.Complete _,
                    FoldOutcome.Measured _ -> {}
        }
    }

    /** Strikes what is deleted up to an offset. */
    void erase(String conversationId, long throughOffset) {
        turns.getOrDefault(conversationId, new TreeMap<>())
                .headMap(throughOffset, true)
                .clear();
    }

    List<Response> turnsOf(String conversationId) {
        return new ArrayList<>(
                turns.getOrDefault(conversationId, new TreeMap<>()).values());
    }

    @Override
    public @Nullable IndexEntry entry(ResponseKey key) {
        return index.get(key);
    }

    @Override
    public long terminalOffset(ResponseKey key) {
        Long offset = terminals.get(key);
        return offset == null ? Envelope.NONE : offset;
    }

    @Override
    public long deletedBelow(String conversationId, long belowOffset) {
        Long latest = deletes.getOrDefault(conversationId, new TreeSet<>()).lower(belowOffset);
        return latest == null ? Envelope.NONE : latest;
    }

    @Override
    public void ended(String conversationId, long afterOffset, long throughOffset, Consumer<ResponseKey> visitor) {
        terminals.forEach((key, terminal) -> {
            if (key.conversationId().equals(conversationId) && terminal > afterOffset && terminal <= throughOffset) {
                visitor.accept(key);
            }
        });
    }

    @Override
    public void newestFirst(String conversationId, long belowOffset, Predicate<Response> visitor) {
        List<Response> found = turns
                .getOrDefault(conversationId, new TreeMap<>())
                .subMap(deletedBelow(conversationId, belowOffset), false, belowOffset, false)
                .values()
                .stream()
                .sorted(Comparator.comparing(
                        turn -> asked.getOrDefault(new ResponseKey(conversationId, turn.getResponseId()), 0L)))
                .toList();
        for (Response turn : found.reversed()) {
            if (!visitor.test(turn)) {
                return;
            }
        }
    }
}
