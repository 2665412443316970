package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the tape as it grows. */
final class TapeEnd implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final TapeCodec codec;

    TapeEnd(String bootstrapServers, TopicCatalogue topics, TapeCodec codec) {
        this.codec = codec;
        this.partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.name(Topic.TOKENS), partition))
                .toList();
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Waits until so much stands on the tape, and passes over it.
     *
     * @throws BenchException if it does not in time
     */
    void await(long events) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (written() < events) {
            if (System.nanoTime() > deadline) {
                throw new BenchException(
                        "the tape did not hold %d events within %d minutes".formatted(events, PATIENCE.toMinutes()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    void poll(Consumer<TokenEvent> sink) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            sink.accept(codec.decodeEvent(record.value()));
        }
    }

    private long written() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
