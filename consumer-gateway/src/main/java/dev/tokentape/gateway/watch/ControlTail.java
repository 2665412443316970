package dev.tokentape.gateway.watch;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
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

/**
 * Reads {@code llm.control} as it grows, all partitions, without a group. What was said a short while before the start
 * is read too, so that a gateway that was restarted does not miss a question. Where Kafka does not answer it tries
 * again; until then nothing is heard.
 */
final class ControlTail implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControlTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final TapeCodec codec;
    private final Consumer<ControlCommand> hear;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private ControlTail(
            KafkaConsumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            TapeCodec codec,
            Duration readBack,
            Consumer<ControlCommand> hear) {
        this.consumer = consumer;
        this.topic = partitions.getFirst().topic();
        this.codec = codec;
        this.hear = hear;
        this.thread = Thread.ofPlatform()
                .name("tokentape-gateway-control")
                .daemon()
                .start(() -> read(partitions, System.currentTimeMillis() - readBack.toMillis()));
    }

    static ControlTail start(
            KafkaSettings kafka,
            TopicCatalogue topics,
            TapeCodec codec,
            Duration readBack,
            Consumer<ControlCommand> hear) {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "tokentape-gateway-control");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        List<TopicPartition> partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.name(Topic.CONTROL), partition))
                .toList();
        return new ControlTail(
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                partitions,
                codec,
                readBack,
                hear);
    }

    private void read(List<TopicPartition> partitions, long sinceMillis) {
        boolean placed = false;
        try {
            while (closed.getCount() > 0) {
                try {
                    if (!placed) {
                        place(partitions, sinceMillis);
                        placed = true;
                    }
                    consumer.poll(POLL).forEach(this::take);
                } catch (WakeupException _) {
                    // Closing.
                } catch (KafkaException e) {
                    log.atWarn()
                            .addKeyValue("topic", topic)
                            .setCause(e)
                            .log("orders cannot be read, so answers that nobody reads are not cancelled; trying again");
                    pause();
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }

    private void place(List<TopicPartition> partitions, long sinceMillis) {
        consumer.assign(partitions);
        Map<TopicPartition, Long> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, sinceMillis));
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        ends.forEach((partition, end) -> {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? end : start.offset());
        });
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                throw new BadRecordException("no value");
            }
            hear.accept(codec.decode(record.value(), ControlCommand.class));
        } catch (BadRecordException | SchemaRegistryException e) {
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

    private void pause() {
        try {
            closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            // Nobody interrupts this thread; close() counts the latch down.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        consumer.wakeup();
        thread.join(CLOSE_TIMEOUT.multipliedBy(2));
    }
}
