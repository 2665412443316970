package dev.tokentape.processor.rulebook;

import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Puts rule files into force. */
public final class RulePublisher {

    private RulePublisher() {}

    /**
     * The rules that hold from now on.
     *
     * @param published whether they were published just now, and not before
     */
    public record InForce(String version, boolean published) {}

    /**
     * Publishes a rule file; requests that come after it are judged by it.
     *
     * @return the rules as read
     * @throws dev.tokentape.processor.moderation.rules.RuleFileException if it is refused; the rules before stay in
     *     force
     * @throws KafkaException if it cannot be written
     */
    public static RuleSet publish(KafkaSettings kafka, TopicCatalogue topics, String yaml) {
        RuleSet rules = DefaultRules.read(yaml);
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
            send(producer, topic, RuleLog.CURRENT, rules.version());
        }
        return rules;
    }

    /**
     * Publishes a rule file where no rules are in force yet; those that are stay.
     *
     * @return the version in force now
     * @throws dev.tokentape.processor.moderation.rules.RuleFileException if it would be published and is refused
     * @throws KafkaException if the topic cannot be read or written
     */
    public static InForce publishIfNone(KafkaSettings kafka, TopicCatalogue topics, String yaml) {
        String current = current(kafka, topics);
        return current == null
                ? new InForce(publish(kafka, topics, yaml).version(), true)
                : new InForce(current, false);
    }

    private static @Nullable String current(KafkaSettings kafka, TopicCatalogue topics) {
        AtomicReference<@Nullable String> current = new AtomicReference<>();
        try (RuleLog records = new RuleLog(kafka, topics, "tokentape-publisher")) {
            records.readBack((key, value) -> {
                if (key.equals(RuleLog.CURRENT)) {
                    current.set(value);
                }
            });
        }
        return current.get();
    }

    private static void send(KafkaProducer<String, byte[]> producer, String topic, String key, String value) {
        try {
            producer.send(new ProducerRecord<>(topic, RuleLog.PARTITION, key, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("cannot write the rules to " + topic + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while writing the rules", e);
        }
    }
}
