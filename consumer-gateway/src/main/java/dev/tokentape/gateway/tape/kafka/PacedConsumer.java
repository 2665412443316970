package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.schemas.config.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What partitions are followed with, at the {@link PollPace} that suits what comes: two consumers, of which one reads
 * at a time. One gets every record as soon as it is there. For the other the broker lets records gather for
 * {@value #GATHERING_MILLIS} ms, or until there are {@value #GATHERED_BYTES} bytes: that is one request for all that
 * comes in that time, where resting between polls would be two behind, since a consumer asks for the next records
 * before it rests. All but {@link #wakeup} belongs to one thread.
 */
final class PacedConsumer implements AutoCloseable {

    static final int GATHERING_MILLIS = 4;
    static final int GATHERED_BYTES = 64 * 1024;

    private static final int PATIENCE_MILLIS = 250;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> prompt;
    private final KafkaConsumer<byte[], byte[]> gathering;
    private final PollPace pace = new PollPace();
    private List<TopicPartition> partitions = List.of();
    private KafkaConsumer<byte[], byte[]> reading;

    PacedConsumer(KafkaSettings kafka) {
        prompt = consumer(kafka, "tokentape-gateway-tape", 1, PATIENCE_MILLIS);
        gathering = consumer(kafka, "tokentape-gateway-tape-gathering", GATHERED_BYTES, GATHERING_MILLIS);
        reading = prompt;
    }

    void assign(List<TopicPartition> all) {
        partitions = List.copyOf(all);
        reading.assign(partitions);
    }

    void seek(TopicPartition partition, long offset) {
        reading.seek(partition, offset);
    }

    /** Offset of the next record. */
    long position(TopicPartition partition) {
        return reading.position(partition);
    }

    ConsumerRecords<byte[], byte[]> poll() {
        ConsumerRecords<byte[], byte[]> records = reading.poll(POLL);
        KafkaConsumer<byte[], byte[]> next = pace.gathers(records.count(), System.nanoTime()) ? gathering : prompt;
        if (next != reading) {
            handOver(next);
        }
        return records;
    }

    /** Whether the broker lets records gather now. */
    boolean gathers() {
        return reading == gathering;
    }

    Map<TopicPartition, Long> beginningOffsets() {
        return reading.beginningOffsets(partitions);
    }

    Map<TopicPartition, Long> endOffsets() {
        return reading.endOffsets(partitions);
    }

    Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
        return reading.offsetsForTimes(times);
    }

    /** Any thread: ends the poll under way, or the next. */
    void wakeup() {
        prompt.wakeup();
        gathering.wakeup();
    }

    /** Takes a second at most for each, whether or not the broker is still there: nothing is left to be said to it. */
    @Override
    public void close() {
        try {
            prompt.close(CloseOptions.timeout(CLOSE));
        } finally {
            gathering.close(CloseOptions.timeout(CLOSE));
        }
    }

    private void handOver(KafkaConsumer<byte[], byte[]> next) {
        next.assign(partitions);
        partitions.forEach(partition -> next.seek(partition, reading.position(partition)));
        reading.unsubscribe();
        reading = next;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka, String name, int bytes, int millis) {
        Map<String, Object> properties = kafka.properties();
        properties.putAll(Map.of(
                "client.id",
                name,
                "auto.offset.reset",
                "none",
                "enable.auto.commit",
                false,
                "max.poll.records",
                2_000,
                "fetch.min.bytes",
                bytes,
                "fetch.max.wait.ms",
                millis,
                "metadata.max.age.ms",
                30_000,
                "default.api.timeout.ms",
                10_000));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
