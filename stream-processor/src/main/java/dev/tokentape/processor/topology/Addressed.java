package dev.tokentape.processor.topology;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * The key of an outgoing record, and the partition it goes to. All topics have equally many partitions, and whatever is
 * about a conversation goes to the conversation's, also where the key is more than its id, or nothing.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; handed from a processor to its sink.
record Addressed(byte[] key, int partition) {

    static final Serializer<Addressed> SERIALIZER = (_, address) -> address.key();

    static final StreamPartitioner<Addressed, byte[]> PARTITIONER =
            (_, address, _, _) -> Optional.of(Set.of(address.partition()));

    static Addressed of(String key, int partition) {
        return new Addressed(key.getBytes(StandardCharsets.UTF_8), partition);
    }
}
