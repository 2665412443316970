package dev.tokentape.processor.http;

import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.topology.ConversationDeletes;
import dev.tokentape.processor.topology.ProcessorTopology;
import dev.tokentape.processor.topology.TurnKeys;
import dev.tokentape.processor.topology.TurnOrder;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.InvalidStateStorePartitionException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** Reads finished turns from this instance's stores, and knows which instance has a conversation. Thread-safe. */
public final class TurnReader {

    private final KafkaStreams streams;
    private final TopicCatalogue topics;
    private final TapeCodec codec;
    private final StreamPartitioner<String, Object> partitioner;

    /** Takes one turn. */
    @FunctionalInterface
    interface Visitor {
        void turn(Response turn) throws IOException;
    }

    /**
     * Some of the conversations that an instance holds.
     *
     * @param partitions that the instance holds now, and that the conversations are of
     * @param of how many partitions there are
     */
    record Held(List<ConversationList.Listed> conversations, List<Integer> partitions, int of) {}

    public TurnReader(KafkaStreams streams, TopicCatalogue topics, TapeCodec codec) {
        this.streams = streams;
        this.topics = topics;
        this.codec = codec;
        this.partitioner = (_, conversationId, _, _) -> Optional.of(Set.of(topics.partitionOf(conversationId)));
    }

    /** The instance that holds a conversation; null while partitions move. */
    @Nullable
    HostInfo owner(String conversationId) {
        try {
            KeyQueryMetadata found =
                    streams.queryMetadataForKey(ProcessorTopology.TURNS_STORE, conversationId, partitioner);
            return found == null || found.equals(KeyQueryMetadata.NOT_AVAILABLE) ? null : found.activeHost();
        } catch (StreamsNotStartedException | IllegalStateException _) {
            return null;
        }
    }

    /**
     * Shows the turns of a conversation, oldest question first.
     *
     * @throws InvalidStateStoreException if this instance does not hold the conversation now
     */
    void forEachTurn(String conversationId, Visitor visitor) throws IOException {
        ReadOnlyKeyValueStore<Bytes, byte[]> store = store(conversationId);
        long deleted = ConversationDeletes.latest(store, conversationId);
        for (Bytes key : TurnOrder.keys(store, conversationId, deleted, Long.MAX_VALUE)) {
            byte[] turn = store.get(key);
            if (turn != null) {
                visitor.turn(codec.decode(turn, Response.class));
            }
        }
    }

    /**
     * The conversations that this instance holds, behind one, in the order of their ids, and the partitions that they
     * are of.
     *
     * @throws InvalidStateStoreException if partitions are moving
     */
    Held conversations(String after, int limit) {
        List<Integer> partitions = new ArrayList<>();
        List<ReadOnlyKeyValueStore<Bytes, byte[]>> stores = new ArrayList<>();
        for (int partition = 0; partition < topics.partitions(); partition++) {
            try {
                stores.add(store(partition));
                partitions.add(partition);
            } catch (InvalidStateStorePartitionException _) {
                // Another instance holds it.
            }
        }
        return new Held(new ConversationList(codec).page(stores, after, limit), partitions, topics.partitions());
    }

    /**
     * An ended response; null if it is not known, or has not ended.
     *
     * @throws InvalidStateStoreException if this instance does not hold the conversation now
     */
    @Nullable
    Response response(ResponseKey key) {
        ReadOnlyKeyValueStore<Bytes, byte[]> store = store(key.conversationId());
        byte[] found = store.get(TurnKeys.byResponse(key));
        long offset = found == null ? Envelope.NONE : TurnKeys.terminalOffset(found);
        byte[] turn = offset <= ConversationDeletes.latest(store, key.conversationId())
                ? null
                : store.get(TurnKeys.turn(key, offset));
        return turn == null ? null : codec.decode(turn, Response.class);
    }

    private ReadOnlyKeyValueStore<Bytes, byte[]> store(String conversationId) {
        return store(topics.partitionOf(conversationId));
    }

    private ReadOnlyKeyValueStore<Bytes, byte[]> store(int partition) {
        return streams.store(StoreQueryParameters.fromNameAndType(
                        ProcessorTopology.TURNS_STORE, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                .withPartition(partition));
    }
}
