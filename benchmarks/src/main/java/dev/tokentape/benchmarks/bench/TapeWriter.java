package dev.tokentape.benchmarks.bench;

import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Puts events on {@code llm.tokens} as the processor does, at a pace of its own. */
final class TapeWriter implements AutoCloseable {

    private final TapeCodec codec;
    private final TopicCatalogue topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    TapeWriter(String bootstrapServers, TapeCodec codec, TopicCatalogue topics) {
        this.codec = codec;
        this.topics = topics;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0, "batch.size", 128 * 1024, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Writes the next event of an answer; its time of publication is now. */
    void write(Telling telling) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Clock.systemUTC().instant());
        byte[] value = codec.encode(Topic.TOKENS, telling.next(micros));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.name(Topic.TOKENS),
                topics.partitionOf(telling.conversation()),
                telling.conversation().getBytes(StandardCharsets.UTF_8),
                value);
        TokenHeaders.setPublishedAt(record.headers(), micros);
        producer.send(record, (_, e) -> {
            if (e != null) {
                failure.set(e);
            }
        });
    }

    /**
     * Writes in turns, {@code burst} events of one answer at a time, so many a second in all; if it falls behind it
     * does not catch up, so that the pace stays even.
     *
     * @return how many events each answer was given, in the order of the answers
     */
    long[] pace(List<Telling> tellings, double eventsPerSecond, int burst, Duration length) {
        long[] written = new long[tellings.size()];
        long interval = (long) (1e9 * burst / eventsPerSecond);
        long next = System.nanoTime();
        long end = next + length.toNanos();
        for (int turn = 0; next < end; turn = (turn + 1) % tellings.size()) {
            for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            for (int i = 0; i < burst; i++) {
                write(tellings.get(turn));
            }
            written[turn] += burst;
            next = Math.max(next + interval, System.nanoTime() - 1_000_000);
        }
        flush();
        return written;
    }

    /** Returns when all is on the topic. */
    void flush() {
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new BenchException("an event could not be written to Kafka: " + failed);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
