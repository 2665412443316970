package dev.tokentape.benchmarks.faults;

import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * When what was written to the journal after a fault, by the broker's clock: the reports of lost runs, the jobs taken
 * anew, and what their runs said first.
 */
final class JournalTimes implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final TapeCodec codec;

    JournalTimes(String bootstrapServers, TopicCatalogue topics, TapeCodec codec) {
        this.codec = codec;
        this.partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.name(Topic.JOURNAL), partition))
                .toList();
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "reconnect.backoff.max.ms", "200"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        skip();
    }

    /** Passes over all that is there. */
    void skip() {
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /**
     * Reads on to the end.
     *
     * @param faultMillis when the fault was, wall clock
     */
    Times read(long faultMillis) {
        Times times = new Times();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream()
                .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.timestamp() >= faultMillis) {
                    take(record, times);
                }
            }
        }
        return times;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Times times) {
        Object decoded;
        try {
            decoded = codec.decode(record.value());
        } catch (BadRecordException _) {
            return;
        }
        if (!(decoded instanceof TokenEvent event)) {
            return;
        }
        String response = event.envelope().responseId();
        switch (event) {
            case TokenEvent.AttemptLost _ -> times.lost.putIfAbsent(response, record.timestamp());
            case TokenEvent.Taken _ -> {
                if (times.lost.containsKey(response)) {
                    times.takenAgain.putIfAbsent(response, record.timestamp());
                }
            }
            case TokenEvent.Wake _, TokenEvent.Heartbeat _ -> {}
            default -> {
                times.first = Math.min(times.first, record.timestamp());
                if (times.takenAgain.containsKey(response)) {
                    times.saidAgain.putIfAbsent(response, record.timestamp());
                }
            }
        }
    }

    /** Milliseconds since 1970 UTC, by response. */
    static final class Times {
        private final Map<String, Long> lost = new HashMap<>();
        private final Map<String, Long> takenAgain = new HashMap<>();
        private final Map<String, Long> saidAgain = new HashMap<>();
        private long first = Long.MAX_VALUE;

        Set<String> lost() {
            return lost.keySet();
        }

        void lostAt(String response, LongConsumer then) {
            given(lost, response, then);
        }

        void takenAt(String response, LongConsumer then) {
            given(takenAgain, response, then);
        }

        void saidAt(String response, LongConsumer then) {
            given(saidAgain, response, then);
        }

        /** The first event of a run at all; the largest number if there was none. */
        long first() {
            return first;
        }

        private static void given(Map<String, Long> times, String response, LongConsumer then) {
            Long at = times.get(response);
            if (at != null) {
                then.accept(at);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
