package dev.tokentape.processor.topology;

import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.RecordLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Kafka Streams' own settings. Latency and loss hang on them; why each is as it is stands in this module's README.
 *
 * @param group the application id
 * @param standbys processors that keep a copy of another's stores, so that they need not be read back when it dies
 * @param server {@code host:port} of this instance's internal HTTP, as others reach it
 */
public record StreamsSettings(
        KafkaSettings kafka,
        String group,
        Path stateDirectory,
        String server,
        int threads,
        int standbys,
        short replicationFactor,
        Duration commitInterval,
        Duration sessionTimeout) {

    /** The living learn by a heartbeat that one has died: partitions lie idle for one of them more. */
    private static final long LONGEST_HEARTBEAT_MILLIS = 300;

    public Properties properties() {
        Properties streams = new Properties();
        streams.putAll(kafka.properties());
        streams.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
        streams.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        streams.put(StreamsConfig.APPLICATION_SERVER_CONFIG, server);
        streams.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        streams.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) replicationFactor);
        streams.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        streams.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        streams.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
        streams.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        streams.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        streams.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        streams.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        // The assignor reads it again, out of the consumer's settings, and warns at every start where it is not there.
        streams.put(
                StreamsConfig.mainConsumerPrefix(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG),
                true);
        streams.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);

        streams.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG), true);
        streams.put(StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), Integer.MAX_VALUE);
        streams.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), RecordLimits.MAX_RECORD_BYTES);
        streams.put(
                StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 8L * RecordLimits.MAX_RECORD_BYTES);

        streams.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                sessionTimeout.toMillis());
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), (int)
                Math.max(1, Math.min(LONGEST_HEARTBEAT_MILLIS, sessionTimeout.toMillis() / 4)));
        return streams;
    }
}
