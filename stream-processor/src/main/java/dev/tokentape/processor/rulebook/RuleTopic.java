package dev.tokentape.processor.rulebook;

import dev.tokentape.processor.moderation.RuleBook;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the topic of rule sets, on a thread of its own. */
public final class RuleTopic implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RuleTopic.class);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    /** For a version that was published a moment before the request came; far below any session timeout. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaConsumer<String, byte[]> consumer;
    private final KnownRules known = new KnownRules(PATIENCE);
    private final Thread follower;

    private RuleTopic(KafkaConsumer<String, byte[]> consumer) {
        this.consumer = consumer;
        this.follower = Thread.ofPlatform().name("tokentape-rules").daemon().unstarted(this::follow);
    }

    /**
     * Reads all that is there, then follows.
     *
     * @throws KafkaException if that cannot be done within a minute
     */
    public static RuleTopic open(KafkaSettings kafka, TopicCatalogue topics, String clientId) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-rules");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        RuleTopic topic = new RuleTopic(consumer);
        try {
            topic.readBack(new TopicPartition(topics.name(Topic.RULES), RulePublisher.PARTITION));
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        topic.follower.start();
        return topic;
    }

    /** What has been read so far. */
    public RuleBook book() {
        return known;
    }

    private void readBack(TopicPartition partition) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (consumer.position(partition) < end) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "cannot read %s back within %d s".formatted(partition, LONGEST_START.toSeconds()));
            }
            poll();
        }
    }

    private void poll() {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            if (record.key() == null || record.value() == null) {
                continue;
            }
            String value = new String(record.value(), StandardCharsets.UTF_8);
            if (record.key().equals(RulePublisher.CURRENT)) {
                known.inForce(value);
            } else {
                known.published(record.key(), value);
            }
        }
    }

    private void follow() {
        try {
            while (true) {
                poll();
            }
        } catch (WakeupException e) {
            log.debug("No longer following the rules");
        } catch (KafkaException e) {
            log.error("Rules are no longer followed; those known stay in force until a restart", e);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            follower.join(Duration.ofSeconds(10));
            consumer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
