package dev.tokentape.producer.journal;

import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The Kafka producer behind the journal, and why it is set as it is. */
public final class JournalClient {

    private static final int BATCH_BYTES = 16 * 1024;

    private static final Duration LOOK_UP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LOOK_UP_PAUSE = Duration.ofMillis(10);

    private JournalClient() {}

    /**
     * @param linger how long a record may wait for company
     * @throws KafkaException if the journal cannot be found
     */
    public static KafkaProducer<String, byte[]> open(
            KafkaSettings kafka, Duration linger, int maxUnacknowledgedBytes, TopicCatalogue topics) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "tokentape-producer-journal");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, linger.toMillis());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        // While a request is under way records gather for the next: few requests where many records come, no wait
        // where few do. More at a time would only cut them smaller; each costs the broker as much as dozens of records.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        // A batch that expires leaves a hole before those behind it: wait for Kafka instead, and stop reading upstream.
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // Whoever sends decides how long to wait: a run until Kafka is back, a heartbeat not at all. Kafka's clients
        // forget the brokers in an outage, and then block every caller for this long.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        // Else a topic that was not written to for five minutes is looked up again by whoever writes next.
        properties.put(
                ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(7).toMillis());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RecordLimits.MAX_RECORD_BYTES);
        // A batch's buffer is BATCH_BYTES or one record, so twice the bound holds however records fill batches.
        properties.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                2L * maxUnacknowledgedBytes + (long) topics.partitions() * BATCH_BYTES);
        KafkaProducer<String, byte[]> client =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        awaitTopic(client, topics.name(Topic.JOURNAL));
        return client;
    }

    /** Looks the topic up now, so that the first record need not wait. */
    private static void awaitTopic(KafkaProducer<String, byte[]> client, String topic) {
        long start = System.nanoTime();
        while (true) {
            try {
                client.partitionsFor(topic);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - start > LOOK_UP_TIMEOUT.toNanos()) {
                    client.close(Duration.ZERO);
                    throw e;
                }
            }
            try {
                Thread.sleep(LOOK_UP_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                client.close(Duration.ZERO);
                throw new KafkaException("interrupted while looking up " + topic, e);
            }
        }
    }
}
