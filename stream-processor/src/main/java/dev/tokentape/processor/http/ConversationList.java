package dev.tokentape.processor.http;

import dev.tokentape.processor.topology.ConversationDeletes;
import dev.tokentape.processor.topology.TurnKeys;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.codec.TapeCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** The conversations that some stores of turns hold, by id, page by page. */
final class ConversationList {

    /**
     * A conversation at a glance.
     *
     * @param turns how many answers have ended in it
     * @param updatedAt when the last one ended
     */
    record Listed(
            String conversationId, int turns, @Nullable Instant updatedAt) {}

    private final TapeCodec codec;

    ConversationList(TapeCodec codec) {
        this.codec = codec;
    }

    /**
     * The first conversations behind one, in the order of their ids.
     *
     * @param after a conversation id, which need not exist; empty to begin with the first
     */
    List<Listed> page(List<ReadOnlyKeyValueStore<Bytes, byte[]>> stores, String after, int limit) {
        return stores.stream()
                .flatMap(store -> of(store, after, limit))
                .sorted(Comparator.comparing(Listed::conversationId))
                .limit(limit)
                .toList();
    }

    private Stream<Listed> of(ReadOnlyKeyValueStore<Bytes, byte[]> store, String after, int limit) {
        List<Listed> found = new ArrayList<>();
        String last = after;
        while (found.size() < limit) {
            String next = next(store, last);
            if (next == null) {
                break;
            }
            long deleted = ConversationDeletes.latest(store, next);
            int turns = turns(store, next, deleted);
            if (turns > 0) {
                found.add(new Listed(next, turns, updatedAt(store, next, deleted)));
            }
            last = next;
        }
        return found.stream();
    }

    private static @Nullable String next(ReadOnlyKeyValueStore<Bytes, byte[]> store, String after) {
        try (KeyValueIterator<Bytes, byte[]> rest = store.range(TurnKeys.behind(after), null)) {
            return rest.hasNext() ? TurnKeys.conversationOf(rest.peekNextKey()) : null;
        }
    }

    private static int turns(ReadOnlyKeyValueStore<Bytes, byte[]> store, String conversationId, long deleted) {
        int count = 0;
        try (KeyValueIterator<Bytes, byte[]> responses =
                store.range(TurnKeys.beforeResponses(conversationId), TurnKeys.behind(conversationId))) {
            while (responses.hasNext()) {
                count += TurnKeys.terminalOffset(responses.next().value) > deleted ? 1 : 0;
            }
        }
        return count;
    }

    private @Nullable Instant updatedAt(
            ReadOnlyKeyValueStore<Bytes, byte[]> store, String conversationId, long deleted) {
        try (KeyValueIterator<Bytes, byte[]> newestFirst = store.reverseRange(
                TurnKeys.before(conversationId, deleted + 1), TurnKeys.before(conversationId, Long.MAX_VALUE))) {
            if (!newestFirst.hasNext()) {
                return null;
            }
            KeyValue<Bytes, byte[]> newest = newestFirst.next();
            return codec.decode(newest.value, Response.class).getEndedAt();
        }
    }
}
