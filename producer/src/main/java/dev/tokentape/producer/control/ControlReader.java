package dev.tokentape.producer.control;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.codec.BadRecordException;
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
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every order to stop, from all partitions of the control topic and in no group, since every producer needs all
 * of them. At start it reads back what was ordered lately, before any job is taken.
 */
public final class ControlReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration READ_BACK_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<String, byte[]> consumer;
    private final String topic;
    private final TapeCodec codec;
    private final StopOrders orders;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private ControlReader(Consumer<String, byte[]> consumer, String topic, TapeCodec codec, StopOrders orders) {
        this.consumer = consumer;
        this.topic = topic;
        this.codec = codec;
        this.orders = orders;
        this.thread = Thread.ofPlatform().daemon().name("tokentape-control").unstarted(this::readOn);
    }

    /** A consumer that hears of a record as soon as the broker has it. */
    public static Consumer<String, byte[]> consumer(KafkaSettings kafka) {
        Map<String, Object> properties = kafka.properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "tokentape-producer-control");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Reads back to the end, then goes on in a thread of its own. Closes the consumer, also if this fails.
     *
     * @param sinceMillis how far to read back: wall clock, milliseconds since 1970 UTC
     * @throws KafkaException if the topic cannot be read
     */
    public static ControlReader start(
            Consumer<String, byte[]> consumer, String topic, TapeCodec codec, StopOrders orders, long sinceMillis) {
        ControlReader reader = new ControlReader(consumer, topic, codec, orders);
        try {
            reader.readBack(sinceMillis);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        reader.thread.start();
        return reader;
    }

    public boolean running() {
        return thread.isAlive();
    }

    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void readBack(long sinceMillis) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, sinceMillis));
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
        ends.forEach((partition, end) -> {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? end : Math.min(start.offset(), end));
        });
        long deadline = System.nanoTime() + READ_BACK_TIMEOUT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "%s could not be read back within %d s: check that all its partitions have a leader"
                                .formatted(topic, READ_BACK_TIMEOUT.toSeconds()));
            }
            readOnce();
        }
    }

    private void readOn() {
        try {
            while (closed.getCount() > 0) {
                try {
                    readOnce();
                } catch (WakeupException _) {
                    // Closing.
                } catch (KafkaException e) {
                    log.atError()
                            .addKeyValue("topic", topic)
                            .setCause(e)
                            .log("orders cannot be read, so cancels have no effect here; trying again");
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

    private void readOnce() {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            try {
                if (record.value() == null) {
                    throw new BadRecordException("no value");
                }
                orders.carryOut(codec.decode(record.value(), ControlCommand.class));
            } catch (BadRecordException e) {
                log.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("cause", e.getMessage())
                        .log("an order cannot be read and is ignored");
            } catch (RuntimeException e) {
                log.atError()
                        .addKeyValue("topic", topic)
                        .addKeyValue("partition", record.partition())
                        .addKeyValue("offset", record.offset())
                        .setCause(e)
                        .log("an order failed");
            }
        }
    }
}
