package dev.tokentape.processor.topology;

import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decodes records, and checks that each lies where it belongs: under its conversation's key, in its partition. */
final class RecordReader {

    private final TapeCodec codec;
    private final TopicCatalogue topics;

    RecordReader(TapeCodec codec, TopicCatalogue topics) {
        this.codec = codec;
        this.topics = topics;
    }

    /**
     * @throws BadRecordException if the bytes are no record of ours
     * @throws SchemaRegistryException if that cannot be told, since the schema registry does not answer
     */
    Object decode(byte[] value) {
        if (value == null) {
            throw new BadRecordException("it has no value");
        }
        if (value.length > RecordLimits.MAX_VALUE_BYTES) {
            throw new BadRecordException(
                    "its value has %d bytes, the limit is %d".formatted(value.length, RecordLimits.MAX_VALUE_BYTES));
        }
        return codec.decode(value);
    }

    /** @throws BadRecordException if the key is not this conversation's id */
    void requireKey(byte[] key, String conversationId) {
        if (key == null || !Arrays.equals(key, conversationId.getBytes(StandardCharsets.UTF_8))) {
            throw new BadRecordException("its key is not the conversation id in its value");
        }
    }

    /** @throws BadRecordException if the conversation does not live in this partition */
    void requirePartition(int partition, String conversationId) {
        int home = topics.partitionOf(conversationId);
        if (home != partition) {
            throw new BadRecordException("it lies in partition %d, its conversation in %d: use the default partitioner"
                    .formatted(partition, home));
        }
    }
}
