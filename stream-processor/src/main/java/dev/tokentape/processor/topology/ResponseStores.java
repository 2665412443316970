package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.processor.fold.KnownResponses;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The two stores of one partition as the fold step writes and reads them. */
final class ResponseStores implements KnownResponses {

    /** A delete whose turns are still in the store, and one whose turns are not. */
    private static final byte STORED = 0;

    private static final byte ERASED = 1;

    private final KeyValueStore<Bytes, byte[]> turns;
    private final KeyValueStore<Bytes, byte[]> index;
    private final TapeCodec codec;

    ResponseStores(KeyValueStore<Bytes, byte[]> turns, KeyValueStore<Bytes, byte[]> index, TapeCodec codec) {
        this.turns = turns;
        this.index = index;
        this.codec = codec;
    }

    void storeTurn(ResponseKey key, long terminalOffset, long askedOffset, byte[] turn) {
        turns.put(TurnKeys.turn(key, terminalOffset), turn);
        turns.put(TurnKeys.byResponse(key), TurnKeys.offsets(terminalOffset, askedOffset));
    }

    /** Notes a delete; what it deletes stays until {@link #erase}. */
    void delete(ResponseKey key, long offset, long timeMicros) {
        turns.put(TurnKeys.deletion(key.conversationId(), offset), deletion(STORED, timeMicros));
        turns.put(TurnKeys.byResponse(key), TurnKeys.offsets(offset, offset));
    }

    /**
     * Strikes the turns that deletes before a journal offset have taken out of their histories; and all trace of those
     * that were deleted before a time.
     *
     * @param belowOffset nothing before it is folded again
     */
    void erase(long belowOffset, long beforeMicros) {
        List<KeyValue<Bytes, byte[]>> due = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> deletes = turns.range(null, TurnKeys.behindDeletions())) {
            while (deletes.hasNext()) {
                KeyValue<Bytes, byte[]> delete = deletes.next();
                boolean old = TurnKeys.offsetIn(delete.value) < beforeMicros;
                if (TurnKeys.offsetIn(delete.key.get()) < belowOffset && (old || delete.value[0] == STORED)) {
                    due.add(delete);
                }
            }
        }
        due.forEach(delete -> erase(delete.key, TurnKeys.offsetIn(delete.value), beforeMicros));
    }

    private void erase(Bytes delete, long timeMicros, long beforeMicros) {
        String conversationId = TurnKeys.conversationOfDeletion(delete);
        long offset = TurnKeys.offsetIn(delete.get());
        List<Bytes> unwanted = new ArrayList<>();
        collect(TurnKeys.before(conversationId, 0), TurnKeys.before(conversationId, offset + 1), unwanted);
        if (timeMicros < beforeMicros) {
            ended(conversationId, Envelope.NONE, offset, key -> unwanted.add(TurnKeys.byResponse(key)));
            unwanted.add(delete);
        } else {
            turns.put(delete, deletion(ERASED, timeMicros));
        }
        unwanted.forEach(turns::delete);
    }

    private static byte[] deletion(byte state, long timeMicros) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(state)
                .putLong(timeMicros)
                .array();
    }

    private void collect(Bytes from, Bytes to, List<Bytes> keys) {
        try (KeyValueIterator<Bytes, byte[]> found = turns.range(from, to)) {
            while (found.hasNext()) {
                keys.add(found.next().key);
            }
        }
    }

    void remember(ResponseKey key, IndexEntry entry) {
        index.put(indexKey(key), entry.toBytes());
    }

    void forget(ResponseKey key) {
        index.delete(indexKey(key));
    }

    void forEachEntry(BiConsumer<ResponseKey, IndexEntry> visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = index.all()) {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                visitor.accept(responseKey(entry.key), IndexEntry.of(entry.value));
            }
        }
    }

    /** Whether the index knows of a response that has not ended. */
    boolean hasOpenEntry() {
        try (KeyValueIterator<Bytes, byte[]> entries = index.all()) {
            while (entries.hasNext()) {
                if (IndexEntry.of(entries.next().value).isOpen()) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Strikes entries from the index. */
    void purge(BiPredicate<ResponseKey, IndexEntry> unwanted) {
        List<ResponseKey> keys = new ArrayList<>();
        forEachEntry((key, entry) -> {
            if (unwanted.test(key, entry)) {
                keys.add(key);
            }
        });
        keys.forEach(this::forget);
    }

    @Override
    public @Nullable IndexEntry entry(ResponseKey key) {
        byte[] entry = index.get(indexKey(key));
        return entry == null ? null : IndexEntry.of(entry);
    }

    @Override
    public long terminalOffset(ResponseKey key) {
        byte[] offset = turns.get(TurnKeys.byResponse(key));
        return offset == null ? Envelope.NONE : TurnKeys.terminalOffset(offset);
    }

    @Override
    public long deletedBelow(String conversationId, long belowOffset) {
        return ConversationDeletes.below(turns, conversationId, belowOffset);
    }

    @Override
    public void ended(String conversationId, long afterOffset, long throughOffset, Consumer<ResponseKey> visitor) {
        try (KeyValueIterator<Bytes, byte[]> found =
                turns.range(TurnKeys.beforeResponses(conversationId), TurnKeys.behind(conversationId))) {
            while (found.hasNext()) {
                KeyValue<Bytes, byte[]> response = found.next();
                long terminal = TurnKeys.terminalOffset(response.value);
                if (terminal > afterOffset && terminal <= throughOffset) {
                    visitor.accept(TurnKeys.responseOf(response.key));
                }
            }
        }
    }

    @Override
    public void newestFirst(String conversationId, long belowOffset, Predicate<Response> visitor) {
        if (belowOffset <= 0) {
            return;
        }
        long deleted = deletedBelow(conversationId, belowOffset);
        for (Bytes key :
                TurnOrder.keys(turns, conversationId, deleted, belowOffset).reversed()) {
            byte[] turn = turns.get(key);
            if (turn != null && !visitor.test(codec.decode(turn, Response.class))) {
                return;
            }
        }
    }

    private static Bytes indexKey(ResponseKey key) {
        return TurnKeys.utf8(key.toString());
    }

    private static ResponseKey responseKey(Bytes key) {
        return ResponseKey.parse(TurnKeys.text(key));
    }
}
