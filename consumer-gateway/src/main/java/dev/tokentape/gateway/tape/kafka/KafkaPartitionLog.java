package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.catchup.PartitionLog;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A partition log read by a consumer of its own, set for throughput. */
final class KafkaPartitionLog implements PartitionLog {

    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final RecordDecoder decoder;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private TopicPartition assigned;

    KafkaPartitionLog(KafkaSettings kafka, String topic, RecordDecoder decoder) {
        this.topic = topic;
        this.decoder = decoder;
        this.assigned = new TopicPartition(topic, 0);
        Map<String, Object> properties = kafka.properties();
        properties.putAll(Map.of(
                "client.id",
                "tokentape-gateway-catch-up",
                "auto.offset.reset",
                "none",
                "enable.auto.commit",
                false,
                "max.poll.records",
                5_000,
                "fetch.min.bytes",
                1,
                "fetch.max.wait.ms",
                100,
                "max.partition.fetch.bytes",
                RecordLimits.MAX_RECORD_BYTES,
                "receive.buffer.bytes",
                1 << 20,
                "default.api.timeout.ms",
                10_000));
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Bounds bounds(int partition) {
        turnTo(partition);
        long begin = Objects.requireNonNull(
                consumer.beginningOffsets(List.of(assigned)).get(assigned));
        long end = Objects.requireNonNull(consumer.endOffsets(List.of(assigned)).get(assigned));
        return new Bounds(begin, end);
    }

    @Override
    public void seek(int partition, long offset) {
        turnTo(partition);
        consumer.seek(assigned, offset);
    }

    private void turnTo(int partition) {
        assigned = new TopicPartition(topic, partition);
        consumer.assign(List.of(assigned));
    }

    @Override
    public Batch poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        return new Batch(
                StreamSupport.stream(records.spliterator(), false)
                        .map(decoder::scanned)
                        .iterator(),
                consumer.position(assigned));
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
