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
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The two stores of one partition as the fold step writes and reads them. */
final class ResponseStores implements KnownResponses {

    private final KeyValueStore<Bytes, byte[]> turns;
    private final KeyValueStore<Bytes, byte[]> index;
    private final TapeCodec codec;

    ResponseStores(KeyValueStore<Bytes, byte[]> turns, KeyValueStore<Bytes, byte[]> index, TapeCodec codec) {
        this.turns = turns;
        this.index = index;
        this.codec = codec;
    }

    void storeTurn(ResponseKey key, long terminalOffset, byte[] turn) {
        turns.put(TurnKeys.turn(key, terminalOffset), turn);
        turns.put(
                TurnKeys.byResponse(key),
                ByteBuffer.allocate(Long.BYTES).putLong(terminalOffset).array());
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
        return offset == null ? Envelope.NONE : ByteBuffer.wrap(offset).getLong();
    }

    @Override
    public void newestFirst(String conversationId, long belowOffset, Predicate<Response> visitor) {
        if (belowOffset <= 0) {
            return;
        }
        try (KeyValueIterator<Bytes, byte[]> found =
                turns.reverseRange(TurnKeys.before(conversationId, 0), TurnKeys.before(conversationId, belowOffset))) {
            while (found.hasNext()) {
                if (!visitor.test(codec.decode(found.next().value, Response.class))) {
                    return;
                }
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
