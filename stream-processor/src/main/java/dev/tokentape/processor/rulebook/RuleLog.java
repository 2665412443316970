package dev.tokentape.processor.rulebook;

import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The topic of rule sets as a reader sees it: keys and texts, from the oldest on. For one thread. */
final class RuleLog implements AutoCloseable {

    /** Key of the record that names the version in force. */
    static final String CURRENT = "current";

    /** All rule sets, so that a version is known before it is named. */
    static final int PARTITION = 0;

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LONGEST_READ = Duration.ofSeconds(60);

    private final KafkaConsumer<String, byte[]> consumer;
    private final TopicPartition partition;

    RuleLog(KafkaSettings kafka, TopicCatalogue topics, String clientId) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-rules");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        this.partition = new TopicPartition(topics.name(Topic.RULES), PARTITION);
        this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /**
     * Reads all that is there now.
     *
     * @throws KafkaException if that cannot be done within a minute
     */
    void readBack(BiConsumer<String, String> records) {
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long deadline = System.nanoTime() + LONGEST_READ.toNanos();
        while (consumer.position(partition) < end) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "cannot read %s back within %d s".formatted(partition, LONGEST_READ.toSeconds()));
            }
            poll(records);
        }
    }

    /** Reads what comes within a second. */
    void poll(BiConsumer<String, String> records) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            if (record.key() != null && record.value() != null) {
                records.accept(record.key(), new String(record.value(), StandardCharsets.UTF_8));
            }
        }
    }

    /** Ends a poll of another thread, by a {@link org.apache.kafka.common.errors.WakeupException} there. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
