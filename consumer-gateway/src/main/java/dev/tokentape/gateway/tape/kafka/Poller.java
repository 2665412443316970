package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.SegmentStore;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import dev.tokentape.schemas.config.KafkaSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that reads {@code llm.tokens}, all partitions, and appends to the segments; the only one that does.
 *
 * <p>It first reads the resume window back, then follows the log. An outage of the broker is waited out. The topic's id
 * is looked at now and then: a topic created anew, or one that ends before the place reached, is another log, and
 * begins from its start.
 */
final class Poller implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
    private static final long TICK_NANOS = 250_000_000L;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final KafkaSettings kafka;
    private final String topic;
    private final int partitionCount;
    private final TapeConfig config;
    private final SegmentStore store;
    private final RecordDecoder decoder;
    private final TapeMetrics metrics;
    private final Runnable tick;
    private final Map<TopicPartition, Long> windowEnd = new HashMap<>();
    private volatile boolean closed;
    private volatile @Nullable PacedConsumer polling;
    private long epoch;
    private boolean begun;
    private long lastTick;

    /** @param partitionCount how many partitions the topic has; with another count it is not read */
    Poller(
            KafkaSettings kafka,
            String topic,
            int partitionCount,
            TapeConfig config,
            SegmentStore store,
            RecordDecoder decoder,
            TapeMetrics metrics,
            Runnable tick) {
        this.kafka = kafka;
        this.topic = topic;
        this.partitionCount = partitionCount;
        this.config = config;
        this.store = store;
        this.decoder = decoder;
        this.metrics = metrics;
        this.tick = tick;
    }

    void close() {
        closed = true;
        PacedConsumer consumer = polling;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public void run() {
        while (!closed) {
            try (TopicIdentity identity = new TopicIdentity(adminProperties(), topic);
                    PacedConsumer consumer = new PacedConsumer(kafka)) {
                polling = consumer;
                follow(identity, consumer);
            } catch (InvalidOffsetException e) {
                begun = false;
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .setCause(e)
                        .log("the log no longer has the place reached; beginning with it anew");
            } catch (KafkaException e) {
                pause(e);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("topic", topic).setCause(e).log("reading failed; trying again");
                LockSupport.parkNanos(PAUSE_NANOS);
            } finally {
                polling = null;
            }
        }
    }

    private void pause(KafkaException e) {
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cause", e.toString())
                    .log("Kafka does not let us read; trying again");
            tickIfDue();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void follow(TopicIdentity identity, PacedConsumer consumer) {
        TopicIdentity.Identified found = identity.find();
        if (found.partitions().size() != partitionCount) {
            store.ready(false);
            throw new KafkaException("%s has %d partitions, and this gateway was started for %d: start it anew"
                    .formatted(topic, found.partitions().size(), partitionCount));
        }
        consumer.assign(found.partitions());
        if (begun && found.epoch() == epoch) {
            found.partitions().forEach(partition -> consumer.seek(partition, store.live(partition.partition())));
        } else {
            begin(found, consumer);
        }
        while (!closed) {
            take(consumer.poll(), consumer);
            if (!store.ready()) {
                store.ready(isCaughtUp(consumer));
            }
            tickIfDue();
            if (identity.isNoLonger(epoch)) {
                LOG.atWarn().addKeyValue("topic", topic).log("the topic was created anew; beginning with it anew");
                return;
            }
        }
    }

    private void begin(TopicIdentity.Identified found, PacedConsumer consumer) {
        store.ready(false);
        List<TopicPartition> partitions = found.partitions();
        long windowStart = System.currentTimeMillis() - config.resumeWindow().toMillis();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets();
        Map<TopicPartition, Long> ends = consumer.endOffsets();
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
        epoch = found.epoch();
        begun = true;
        store.begin(epoch, start, joinedAt);
        LOG.atInfo()
                .addKeyValue("topic", topic)
                .addKeyValue("window", config.resumeWindow())
                .addKeyValue("store", store)
                .addKeyValue("beginnings", beginnings.values())
                .log("reading back what is in the window");
    }

    private void take(ConsumerRecords<byte[], byte[]> records, PacedConsumer consumer) {
        if (records.isEmpty()) {
            return;
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
    }

    private void delay(TapeRecord record) {
        if (store.ready() && record.event().envelope().receivedAt() > 0) {
            long micros = System.currentTimeMillis() * 1_000;
            metrics.delay(micros - record.event().envelope().receivedAt());
        }
    }

    private boolean isCaughtUp(PacedConsumer consumer) {
        boolean caughtUp =
                windowEnd.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        if (caughtUp) {
            LOG.atInfo().addKeyValue("store", store).log("the tape is ready");
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

    private Map<String, Object> adminProperties() {
        Map<String, Object> properties = kafka.properties();
        properties.put("client.id", "tokentape-gateway-tape-admin");
        return properties;
    }
}
