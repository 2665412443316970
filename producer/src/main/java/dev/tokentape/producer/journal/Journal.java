package dev.tokentape.producer.journal;

import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The journal as this process writes it: one Kafka producer, shared by all runs.
 *
 * <p>Writing is three steps, so that the wait for room happens outside any lock: {@link #encode}, {@link #reserve},
 * {@link #send}. The bytes sent and not yet acknowledged are bounded for the whole process; where the bound is reached,
 * {@link #reserve} waits. The Kafka producer's own memory is larger than the bound, so {@link #send} does not wait for
 * it, only while Kafka cannot be reached at all. Thread-safe.
 */
public final class Journal implements AutoCloseable {

    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    /** Between looks whether Kafka can be reached again. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Producer<String, byte[]> producer;
    private final TapeCodec codec;
    private final TopicCatalogue topics;
    private final Semaphore bytesFree;

    /** @param maxUnacknowledgedBytes of all runs together; at least what the largest record needs */
    public Journal(
            Producer<String, byte[]> producer, TapeCodec codec, TopicCatalogue topics, int maxUnacknowledgedBytes) {
        if (maxUnacknowledgedBytes < RecordLimits.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("%d bytes have no room for the largest record, %d bytes"
                    .formatted(maxUnacknowledgedBytes, RecordLimits.MAX_RECORD_BYTES));
        }
        this.producer = producer;
        this.codec = codec;
        this.topics = topics;
        // Fair, so that a large record is not overtaken for ever by small ones.
        this.bytesFree = new Semaphore(maxUnacknowledgedBytes, true);
    }

    public Entry encode(TokenEvent event) {
        return new Entry(event.envelope().conversationId(), codec.encode(Topic.JOURNAL, event));
    }

    /** Waits until there is room for the entry, for as long as it takes. Every reservation must be sent or released. */
    public void reserve(Entry entry) throws InterruptedException {
        bytesFree.acquire(entry.cost());
    }

    /** @return false if there was no room in time */
    public boolean reserve(Entry entry, Duration atMost) throws InterruptedException {
        return bytesFree.tryAcquire(entry.cost(), atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Never waits. */
    public boolean tryReserve(Entry entry) {
        return bytesFree.tryAcquire(entry.cost());
    }

    /** Gives a reservation back that was not used. */
    public void release(Entry entry) {
        bytesFree.release(entry.cost());
    }

    /**
     * Sends an entry for which room was reserved, waiting until Kafka can be reached; the room is free again when the
     * receipt is called. Entries of one conversation stand in the journal in the order of the calls.
     *
     * @throws InterruptedException if interrupted, and the entry was not sent; the room is free, the receipt not called
     */
    public void send(Entry entry, Receipt receipt) throws InterruptedException {
        send(entry, receipt, FOREVER);
    }

    /**
     * @return false if Kafka could not be reached in time: the entry was not sent, the room is free, and the receipt
     *     not called
     * @throws InterruptedException as for the other
     */
    public boolean send(Entry entry, Receipt receipt, Duration atMost) throws InterruptedException {
        long start = System.nanoTime();
        boolean sent = false;
        try {
            sent = trySend(entry, receipt);
            while (!sent && System.nanoTime() - start < atMost.toNanos()) {
                Thread.sleep(PAUSE);
                sent = trySend(entry, receipt);
            }
            return sent;
        } finally {
            if (!sent) {
                release(entry);
            }
        }
    }

    /** @return false if Kafka cannot be reached now; the reservation stands and the receipt was not called */
    private boolean trySend(Entry entry, Receipt receipt) throws InterruptedException {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                topics.name(Topic.JOURNAL),
                topics.partitionOf(entry.conversationId()),
                entry.conversationId(),
                entry.value());
        Attempt attempt = new Attempt(entry, receipt);
        try {
            producer.send(record, attempt);
        } catch (InterruptException e) {
            // Kafka's exception sets the flag again, which is for the catcher to do.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while sending").initCause(e);
        } catch (RuntimeException e) {
            // A producer that is closed, or beyond repair, throws instead of calling back.
            attempt.finish(null, e);
        }
        return !attempt.notNow;
    }

    /**
     * One call of Kafka's {@code send}. A time-out reported on the sending thread, from within that call, says that
     * nothing was sent, since Kafka does not know the topic's brokers; all else is final.
     */
    private final class Attempt implements Callback {
        private final Entry entry;
        private final Receipt receipt;
        private final Thread sender = Thread.currentThread();
        private boolean notNow;

        Attempt(Entry entry, Receipt receipt) {
            this.entry = entry;
            this.receipt = receipt;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure instanceof TimeoutException && Thread.currentThread() == sender) {
                notNow = true;
            } else {
                finish(metadata, failure);
            }
        }

        private void finish(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            release(entry);
            if (failure != null) {
                receipt.failed(failure);
            } else {
                receipt.acknowledged(metadata != null && metadata.hasOffset() ? metadata.offset() : -1);
            }
        }
    }

    /** Sends what is waiting, for a while, and closes the Kafka producer; what cannot be sent by then fails. */
    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
