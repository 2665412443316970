package dev.tokentape.processor.replay;

import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads with a plain consumer of its own for each stretch, outside any group. Thread-safe. */
public final class KafkaPartitionReader implements PartitionReader {
    private static final Logger log = LoggerFactory.getLogger(KafkaPartitionReader.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMITTED = Duration.ofSeconds(5);
    /** Far below the time in which a stream thread must come back to its own consumer. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private final KafkaSettings kafka;
    private final String clientId;

    /** @param clientId tells the readers of this process apart from others in the broker's metrics */
    public KafkaPartitionReader(KafkaSettings kafka, String clientId) {
        this.kafka = kafka;
        this.clientId = clientId;
    }

    @Override
    public long committed(String group, String topic, int partition) {
        TopicPartition source = new TopicPartition(topic, partition);
        try (Consumer<byte[], byte[]> consumer = consumer(source, Map.of(ConsumerConfig.GROUP_ID_CONFIG, group))) {
            OffsetAndMetadata committed =
                    consumer.committed(Set.of(source), COMMITTED).get(source);
            return committed == null ? Envelope.NONE : committed.offset();
        } catch (RetriableException e) {
            log.atInfo()
                    .addKeyValue("topic", source.topic())
                    .addKeyValue("partition", source.partition())
                    .addKeyValue("cause", e.toString())
                    .log("cannot tell yet where the group stands");
            return Envelope.NONE;
        }
    }

    @Override
    public void readRange(String topic, int partition, long from, long until, Visitor visitor) {
        TopicPartition source = new TopicPartition(topic, partition);
        try (Consumer<byte[], byte[]> consumer = consumer(source, Map.of())) {
            consumer.assign(List.of(source));
            consumer.seek(source, from);
            read(consumer, source, until, visitor);
        }
    }

    @Override
    public void readSince(String topic, int partition, long timestamp, Visitor visitor) {
        TopicPartition source = new TopicPartition(topic, partition);
        try (Consumer<byte[], byte[]> consumer = consumer(source, Map.of())) {
            consumer.assign(List.of(source));
            long end = consumer.endOffsets(List.of(source)).getOrDefault(source, 0L);
            OffsetAndTimestamp first =
                    consumer.offsetsForTimes(Map.of(source, timestamp)).get(source);
            if (first != null) {
                consumer.seek(source, first.offset());
                read(consumer, source, end, visitor);
            }
        }
    }

    private static void read(Consumer<byte[], byte[]> consumer, TopicPartition source, long until, Visitor visitor) {
        long lastProgress = System.nanoTime();
        long position = consumer.position(source);
        while (position < until) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(source)) {
                if (record.offset() >= until) {
                    return;
                }
                if (record.value() != null) {
                    visitor.record(record.offset(), record.timestamp(), record.key(), record.value());
                }
            }
            long now = consumer.position(source);
            if (now != position) {
                position = now;
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > LONGEST_SILENCE.toNanos()) {
                throw new PartitionReadException(
                        "%s gave nothing from offset %d on for %d s while records up to %d were needed"
                                .formatted(source, position, LONGEST_SILENCE.toSeconds(), until));
            }
        }
    }

    private Consumer<byte[], byte[]> consumer(TopicPartition source, Map<String, Object> further) {
        Map<String, Object> properties = kafka.properties();
        properties.putAll(further);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-replay-" + source);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
