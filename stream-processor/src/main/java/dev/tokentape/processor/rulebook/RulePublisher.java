package dev.tokentape.processor.rulebook;

import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Puts rule files into force. */
public final class RulePublisher {

    /** Key of the record that names the version in force. */
    static final String CURRENT = "current";

    /** All rule sets, so that a version is known before it is named. */
    static final int PARTITION = 0;

    private RulePublisher() {}

    /**
     * Publishes a rule file; requests that come after it are judged by it.
     *
     * @return the rules as read
     * @throws dev.tokentape.processor.moderation.rules.RuleFileException if it is refused; the rules before stay in force
     * @throws KafkaException if it cannot be written
     */
    public static RuleSet publish(KafkaSettings kafka, TopicCatalogue topics, String yaml) {
        RuleSet rules = RuleFile.parse(yaml);
        Map<String, Object> properties = kafka.properties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
        String topic = topics.name(Topic.RULES);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            send(producer, topic, rules.version(), yaml);
            send(producer, topic, CURRENT, rules.version());
        }
        return rules;
    }

    private static void send(KafkaProducer<String, byte[]> producer, String topic, String key, String value) {
        try {
            producer.send(new ProducerRecord<>(topic, PARTITION, key, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot write the rules to " + topic + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while writing the rules", e);
        }
    }
}
