package dev.tokentape.producer;

import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;

/**
 * How a producer works.
 *
 * @param kafka how to reach Kafka
 * @param schemaRegistryUrl where schemas are registered
 * @param topics the installation's topics
 * @param group the share group that all producers of the installation take jobs through
 * @param maxRuns most calls at a time in this process
 * @param heartbeat longest silence of a run before it sends a heartbeat; at most half of the processor's watch time-out
 * @param drainTimeout how long runs may go on when the producer closes
 * @param jobDeadline how long a job may wait for a producer; the processor's setting, which tells how far back cancels
 *     matter
 * @param jobLock how long a fetched job is kept for this producer before it goes to another; {@code taken} must be
 *     written in half of it
 * @param linger how long a journal record may wait for company before it is sent
 * @param maxUnacknowledgedBytes most bytes on their way to Kafka; beyond, reading from providers stops
 * @param providers the LLM APIs it can call
 */
public record ProducerConfig(
        KafkaSettings kafka,
        String schemaRegistryUrl,
        TopicCatalogue topics,
        String group,
        int maxRuns,
        Duration heartbeat,
        Duration drainTimeout,
        Duration jobDeadline,
        Duration jobLock,
        Duration linger,
        int maxUnacknowledgedBytes,
        ProvidersConfig providers) {

    /** See docs/decisions/0020-requests-one-at-a-time.md for why. */
    public static final Duration DEFAULT_LINGER = Duration.ZERO;

    /** @throws dev.tokentape.schemas.config.InvalidSettingsException naming every problem there is */
    public static ProducerConfig from(Settings settings) {
        ProducerConfig config = read(settings);
        settings.check();
        return config;
    }

    private static ProducerConfig read(Settings settings) {
        Duration heartbeat = settings.duration("producer.heartbeat", Duration.ofMillis(400));
        Duration watchTimeout = settings.duration("processor.watch-timeout", Duration.ofSeconds(2));
        if (heartbeat.isZero() || heartbeat.multipliedBy(2).compareTo(watchTimeout) > 0) {
            settings.problem(("producer.heartbeat is %s: expected more than 0 and at most half of "
                            + "processor.watch-timeout, %s, else living runs are taken for lost")
                    .formatted(heartbeat, watchTimeout));
        }
        return new ProducerConfig(
                KafkaSettings.from(settings),
                settings.text("schema.registry.url", "http://localhost:8085"),
                TopicCatalogue.from(settings),
                settings.text("producer.group", "tokentape-producers"),
                settings.integer("producer.max-runs", 200, 1, 100_000),
                heartbeat,
                settings.duration("producer.drain-timeout", Duration.ofSeconds(20)),
                settings.duration("processor.job-deadline", Duration.ofSeconds(60)),
                settings.duration("producer.job-lock", Duration.ofSeconds(15)),
                settings.duration("producer.linger", DEFAULT_LINGER),
                settings.integer(
                        "producer.max-unacknowledged-bytes",
                        32 * 1024 * 1024,
                        RecordLimits.MAX_RECORD_BYTES,
                        1024 * 1024 * 1024),
                ProvidersConfig.from(settings));
    }
}
