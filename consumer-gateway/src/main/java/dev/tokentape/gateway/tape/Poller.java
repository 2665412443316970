package dev.tokentape.gateway.tape;

import dev.tokentape.schemas.config.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that reads {@code llm.tokens}, all partitions, and appends to the segments; the only one that does.
 *
 * <p>It first reads the resume window back, then follows the log. An outage of the broker is waited out. The topic's id is
 * looked at now and then: a topic created anew, or one that ends before the place reached, is another log, and begins from
 * its start.
 */
final class Poller implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long TICK_NANOS = 250_000_000L;
    private static final long LOOK_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000_000L;
    private static final int ADMIN_SECONDS = 10;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final String topic;
    private final TapeConfig config;
    private final SegmentStore store;
    private final RecordDecoder decoder;
    private final TapeMetrics metrics;
    private final Runnable tick;
    private final PollPace pace = new PollPace();
    private final Map<TopicPartition, Long> windowEnd = new HashMap<>();
    private volatile boolean ready;
    private volatile boolean closed;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> polling;
    private long epoch;
    private boolean begun;
    private long lastTick;
    private long lastLook;
    private @Nullable KafkaFuture<TopicDescription> look;

    /** Closed within a time, whether or not the broker is still there: nothing is left to be said to it. */
    private record Connections(Admin admin, KafkaConsumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            try {
                admin.close(CLOSE);
            } finally {
                consumer.close(CloseOptions.timeout(CLOSE));
            }
        }
    }

    Poller(
            KafkaSettings kafka,
            String topic,
            TapeConfig config,
            SegmentStore store,
            RecordDecoder decoder,
            TapeMetrics metrics,
            Runnable tick) {
        this.kafka = kafka;
        this.topic = topic;
        this.config = config;
        this.store = store;
        this.decoder = decoder;
        this.metrics = metrics;
        this.tick = tick;
    }

    /** Whether the resume window has been read back. */
    boolean ready() {
        return ready;
    }

    void close() {
        closed = true;
        KafkaConsumer<byte[], byte[]> consumer = polling;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public void run() {
        while (!closed) {
            try (Connections kafkas = new Connections(
                    Admin.create(adminProperties()),
                    new KafkaConsumer<>(
                            consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
                polling = kafkas.consumer();
                follow(kafkas.admin(), kafkas.consumer());
            } catch (InvalidOffsetException e) {
                begun = false;
                LOG.warn("the log of {} no longer has the place reached; beginning with it anew", topic, e);
            } catch (KafkaException e) {
                pause(e);
            } catch (RuntimeException e) {
                LOG.error("reading {} failed; trying again", topic, e);
                LockSupport.parkNanos(PAUSE_NANOS);
            } finally {
                polling = null;
            }
        }
    }

    private void pause(KafkaException e) {
        if (!closed) {
            LOG.warn("Kafka does not let us read {}; trying again: {}", topic, e.toString());
            tickIfDue();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void follow(Admin admin, KafkaConsumer<byte[], byte[]> consumer) {
        TopicDescription description = await(describe(admin));
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        long found = epochOf(description);
        if (begun && found == epoch) {
            partitions.forEach(partition -> consumer.seek(partition, store.live(partition.partition())));
        } else {
            begin(found, consumer, partitions);
        }
        while (!closed) {
            int appended = take(consumer.poll(POLL), consumer);
            if (!ready) {
                ready = isCaughtUp(consumer);
            }
            tickIfDue();
            if (wasRecreated(admin)) {
                LOG.warn("topic {} was created anew; beginning with it anew", topic);
                return;
            }
            long rest = pace.restAfter(appended, System.nanoTime());
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            }
        }
    }

    private void begin(long found, KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        ready = false;
        long windowStart = System.currentTimeMillis() - config.resumeWindow().toMillis();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, windowStart));
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
        long[] start = new long[partitions.size()];
        long[] joinedAt = new long[partitions.size()];
        windowEnd.clear();
        for (TopicPartition partition : partitions) {
            long end = Objects.requireNonNull(ends.get(partition));
            OffsetAndTimestamp inWindow = starts.get(partition);
            long first = inWindow == null ? end : inWindow.offset();
            start[partition.partition()] = first;
            joinedAt[partition.partition()] =
                    first == 0 ? -1 : inWindow == null ? windowStart / 1_000 : inWindow.timestamp() / 1_000;
            windowEnd.put(partition, end);
            consumer.seek(partition, first);
        }
        epoch = found;
        begun = true;
        store.begin(found, start, joinedAt);
        LOG.info(
                "reading {} back from {}: {}, beginnings {}", topic, config.resumeWindow(), store, beginnings.values());
    }

    private int take(ConsumerRecords<byte[], byte[]> records, KafkaConsumer<byte[], byte[]> consumer) {
        if (records.isEmpty()) {
            return 0;
        }
        long nanos = System.nanoTime();
        int appended = 0;
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                TapeRecord understood = decoder.decode(record);
                if (understood != null) {
                    store.append(partition.partition(), understood, nanos);
                    delay(understood);
                    appended++;
                }
            }
            store.published(partition.partition(), consumer.position(partition));
        }
        metrics.appended(appended);
        store.flush(System.currentTimeMillis());
        return appended;
    }

    private void delay(TapeRecord record) {
        if (ready && record.event().envelope().receivedAt() > 0) {
            long micros = System.currentTimeMillis() * 1_000;
            metrics.delay(micros - record.event().envelope().receivedAt());
        }
    }

    private boolean isCaughtUp(KafkaConsumer<byte[], byte[]> consumer) {
        boolean caughtUp =
                windowEnd.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        if (caughtUp) {
            LOG.info("the tape is ready: {}", store);
        }
        return caughtUp;
    }

    private void tickIfDue() {
        long now = System.nanoTime();
        if (begun && now - lastTick >= TICK_NANOS) {
            lastTick = now;
            store.tick(System.currentTimeMillis(), now);
            tick.run();
        }
    }

    private boolean wasRecreated(Admin admin) {
        KafkaFuture<TopicDescription> running = look;
        if (running == null) {
            if (System.nanoTime() - lastLook >= LOOK_NANOS) {
                look = describe(admin);
            }
            return false;
        }
        if (!running.isDone()) {
            return false;
        }
        look = null;
        lastLook = System.nanoTime();
        try {
            return epochOf(running.get()) != epoch;
        } catch (ExecutionException e) {
            LOG.debug("the topic {} could not be described", topic, e);
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private KafkaFuture<TopicDescription> describe(Admin admin) {
        return Objects.requireNonNull(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }

    private static TopicDescription await(KafkaFuture<TopicDescription> description) {
        try {
            return description.get(ADMIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new KafkaException("no answer about the topic within " + ADMIN_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking about the topic", e);
        }
    }

    private static long epochOf(TopicDescription description) {
        return Fingerprint.of(
                description.topicId().getMostSignificantBits(),
                description.topicId().getLeastSignificantBits());
    }

    private Map<String, Object> adminProperties() {
        Map<String, Object> properties = kafka.properties();
        properties.put("client.id", "tokentape-gateway-tape-admin");
        return properties;
    }

    private Map<String, Object> consumerProperties() {
        Map<String, Object> properties = kafka.properties();
        properties.putAll(Map.of(
                "client.id", "tokentape-gateway-tape",
                "auto.offset.reset", "none",
                "enable.auto.commit", false,
                "max.poll.records", 2_000,
                "fetch.min.bytes", 1,
                "fetch.max.wait.ms", 250,
                "metadata.max.age.ms", 30_000,
                "default.api.timeout.ms", 10_000));
        return properties;
    }
}
