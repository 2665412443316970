package dev.tokentape.schemas.control;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Hears every order on the control topic: all partitions, in no group, on a thread of its own, from a while before the
 * start on. What cannot be read is said and left out. Where Kafka does not answer it tries again; until then nothing is
 * heard.
 */
public final class ControlTail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration READ_BACK_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final TapeCodec codec;
    private final long sinceMillis;
    private final java.util.function.Consumer<ControlCommand> orders;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    /** Whether it knows where to read on; of one thread at a time. */
    private boolean placed;

    /**
     * One that has read nothing yet.
     *
     * @param name of its thread
     * @param sinceMillis how far back it begins: wall clock, milliseconds since 1970 UTC
     * @param orders hears each on the thread that reads; whatever it throws is said, and the next one comes
     */
    public ControlTail(
            Consumer<byte[], byte[]> consumer,
            String name,
            String topic,
            TapeCodec codec,
            long sinceMillis,
            java.util.function.Consumer<ControlCommand> orders) {
        this.consumer = consumer;
        this.topic = topic;
        this.codec = codec;
        this.sinceMillis = sinceMillis;
        this.orders = orders;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::follow);
    }

    /** A consumer for it, in no group. */
    public static Consumer<byte[], byte[]> consumer(KafkaSettings kafka, String clientId) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where what was to come next has been deleted, the oldest that is left.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Begins to read, at once or when Kafka answers. */
    public ControlTail start() {
        thread.start();
        return this;
    }

    /**
     * Hears all that has been ordered so far on this thread, then goes on in its own. Closes the consumer if this
     * fails.
     *
     * @throws KafkaException if the topic cannot be read, or not within a minute
     */
    public ControlTail startUpToDate() {
        try {
            readBack();
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        return start();
    }

    /** Whether it reads, or tries to. */
    public boolean running() {
        return thread.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        consumer.wakeup();
        thread.join(CLOSE_TIMEOUT.multipliedBy(2));
    }

    private void readBack() {
        Map<TopicPartition, Long> wanted = place();
        long deadline = System.nanoTime() + READ_BACK_TIMEOUT.toNanos();
        while (wanted.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "%s could not be read back within %d s: check that all its partitions have a leader"
                                .formatted(topic, READ_BACK_TIMEOUT.toSeconds()));
            }
            consumer.poll(POLL).forEach(this::hear);
        }
    }

    /** @return where each partition ended before */
    private Map<TopicPartition, Long> place() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + topic);
        }
        Map<TopicPartition, Long> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, sinceMillis));
        consumer.assign(partitions);
        // In this order: what comes in between is found by its time.
        Map<TopicPartition, Long> before = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
        before.forEach((partition, end) -> {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? end : Math.min(start.offset(), end));
        });
        placed = true;
        return before;
    }

    private void follow() {
        try {
            while (closed.getCount() > 0) {
                try {
                    if (!placed) {
                        place();
                    }
                    consumer.poll(POLL).forEach(this::hear);
                } catch (WakeupException _) {
                    // Closing.
                } catch (KafkaException e) {
                    log.atError()
                            .addKeyValue("topic", topic)
                            .setCause(e)
                            .log("orders cannot be read, so none has an effect here; trying again");
                    pause();
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }

    private void pause() {
        try {
            closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            // Nobody interrupts this thread; close() counts the latch down.
            Thread.currentThread().interrupt();
        }
    }

    private void hear(ConsumerRecord<byte[], byte[]> order) {
        try {
            if (order.value() == null) {
                throw new BadRecordException("no value");
            }
            orders.accept(codec.decode(order.value(), ControlCommand.class));
        } catch (BadRecordException | SchemaRegistryException e) {
            at(log.atWarn(), order).addKeyValue("cause", e.getMessage()).log("an order cannot be read and is ignored");
        } catch (RuntimeException e) {
            at(log.atError(), order).setCause(e).log("an order failed");
        }
    }

    private LoggingEventBuilder at(LoggingEventBuilder line, ConsumerRecord<byte[], byte[]> order) {
        return line.addKeyValue("topic", topic)
                .addKeyValue("partition", order.partition())
                .addKeyValue("offset", order.offset());
    }
}
