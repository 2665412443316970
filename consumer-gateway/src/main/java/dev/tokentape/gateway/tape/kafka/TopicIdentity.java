package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.cursor.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which log a topic's name stands for: looked up once, then now and then again without waiting, since a topic can be
 * deleted and created anew under the same name. For one thread.
 */
final class TopicIdentity implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicIdentity.class);
    private static final long LOOK_NANOS = 5_000_000_000L;
    private static final int ADMIN_SECONDS = 10;
    private static final java.time.Duration CLOSE = java.time.Duration.ofSeconds(1);

    private final Admin admin;
    private final String topic;
    private long lastLook = System.nanoTime();
    private @Nullable KafkaFuture<TopicDescription> look;

    /**
     * A topic as it was found.
     *
     * @param epoch a hash of its id
     */
    record Identified(long epoch, List<TopicPartition> partitions) {}

    TopicIdentity(Map<String, Object> adminProperties, String topic) {
        this.admin = Admin.create(adminProperties);
        this.topic = topic;
    }

    /** @throws KafkaException if it cannot be found out */
    Identified find() {
        try {
            TopicDescription description = describe().get(ADMIN_SECONDS, TimeUnit.SECONDS);
            return new Identified(
                    epochOf(description),
                    description.partitions().stream()
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .toList());
        } catch (ExecutionException e) {
            throw new KafkaException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new KafkaException("no answer about the topic within " + ADMIN_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking about the topic", e);
        }
    }

    /** Whether the topic has turned out to be another one. Never waits. */
    boolean isNoLonger(long epoch) {
        KafkaFuture<TopicDescription> running = look;
        if (running == null) {
            if (System.nanoTime() - lastLook >= LOOK_NANOS) {
                look = describe();
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
            LOG.atDebug().addKeyValue("topic", topic).setCause(e).log("the topic could not be described");
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE);
    }

    private KafkaFuture<TopicDescription> describe() {
        return Objects.requireNonNull(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }

    private static long epochOf(TopicDescription description) {
        return Fingerprint.of(
                description.topicId().getMostSignificantBits(),
                description.topicId().getLeastSignificantBits());
    }
}
