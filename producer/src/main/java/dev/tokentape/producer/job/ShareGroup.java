package dev.tokentape.producer.job;

import dev.tokentape.schemas.config.KafkaSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share group through which all producers take jobs, and how this one joins it.
 *
 * <p>How many jobs one poll may bring is fixed for a consumer's life, while free places come and go. So a poll asks for
 * a small batch, and is made only when that many places are free: no job is ever taken to be given back, which counts
 * against the few deliveries it has. The price is that up to a batch less one of the places stay empty under full load.
 *
 * <p>The broker hands each partition's jobs to some of the members only. So those of a member that has died wait until
 * its session is over, where the broker allows it {@link #SESSION}. A member that stood still for longer joins again;
 * its runs know nothing of it.
 */
public final class ShareGroup {

    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SESSION = Duration.ofMillis(1_500);
    private static final Duration HEARTBEAT = Duration.ofMillis(300);
    private static final Logger log = LoggerFactory.getLogger(ShareGroup.class);
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
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("share.auto.offset.reset", "earliest");
        settings.put("share.record.lock.duration.ms", String.valueOf(lock.toMillis()));
        set(admin, group, settings);
        try {
            set(
                    admin,
                    group,
                    Map.of(
                            "share.session.timeout.ms", String.valueOf(SESSION.toMillis()),
                            "share.heartbeat.interval.ms", String.valueOf(HEARTBEAT.toMillis())));
        } catch (KafkaException e) {
            log.atInfo()
                    .addKeyValue("group.share.min.session.timeout.ms", SESSION.toMillis())
                    .addKeyValue("group.share.min.heartbeat.interval.ms", HEARTBEAT.toMillis())
                    .addKeyValue("cause", e.getMessage())
                    .log("a dead producer's share of the jobs waits for as long as the broker says, 45 s by default;"
                            + " these settings of the broker would allow less");
        }
    }

    private static void set(Admin admin, String group, Map<String, String> settings) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        List<AlterConfigOp> operations = settings.entrySet().stream()
                .map(setting -> new AlterConfigOp(
                        new ConfigEntry(setting.getKey(), setting.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try {
            admin.incrementalAlterConfigs(Map.of(resource, operations))
                    .all()
                    .get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException(
                    ("share group %s could not be configured: %s. It needs Kafka 4.2 or newer with share "
                                    + "groups on, and the right to alter group configurations")
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
}
