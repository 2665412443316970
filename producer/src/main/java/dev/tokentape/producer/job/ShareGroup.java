package dev.tokentape.producer.job;

import dev.tokentape.schemas.config.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The share group through which all producers take jobs, and how this one joins it.
 *
 * <p>How many jobs one poll may bring is fixed for a consumer's life, while free places come and go. So a poll asks for
 * a small batch, and is made only when that many places are free: no job is ever taken to be given back, which counts
 * against the few deliveries it has. The price is that up to a batch less one of the places stay empty under full load.
 */
public final class ShareGroup {

    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);
    private static final int PLACES_PER_BATCHED_JOB = 16;
    private static final int LARGEST_BATCH = 16;

    private ShareGroup() {}

    /** Jobs asked for at once: a sixteenth of the places, 1 to 16. */
    public static int batchOf(int maxRuns) {
        return Math.clamp(maxRuns / PLACES_PER_BATCHED_JOB, 1, LARGEST_BATCH);
    }

    /**
     * Sets the group up, before its first member: it begins at the oldest job, where a group otherwise begins at the
     * newest and loses what was asked before.
     *
     * @param lock how long a job is kept for the one who fetched it
     * @throws KafkaException if the broker refuses
     */
    public static void configure(Admin admin, String group, Duration lock) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        try {
            admin.incrementalAlterConfigs(Map.of(
                            resource,
                            List.of(
                                    set("share.auto.offset.reset", "earliest"),
                                    set("share.record.lock.duration.ms", String.valueOf(lock.toMillis())))))
                    .all()
                    .get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException(
                    "share group %s could not be configured: %s. It needs Kafka 4.2 or newer with share groups on, and the right to alter group configurations"
                            .formatted(group, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while configuring share group " + group, e);
        }
    }

    public static ShareConsumer<String, byte[]> consumer(KafkaSettings kafka, String group, int batch) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "tokentape-producer-jobs");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // The default acquires whole record batches, however many jobs are in them.
        properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batch);
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        // While all places are taken nothing is polled, for as long as answers take; the member stays.
        properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        return new KafkaShareConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }
}
