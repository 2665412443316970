package dev.tokentape.gateway.tape.kafka;

import dev.tokentape.gateway.tape.catchup.ScannedRecord;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TokenHeaders;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Understands records of {@code llm.tokens}. What nobody can understand is skipped, counted and logged without content:
 * readers then see a hole in that response, and are told by a {@code gap}.
 *
 * <p>A schema that the registry does not give may be the registry's fault: then it is asked again, for
 * {@link #PATIENCE_MILLIS} at most, and not again soon, so that a bad record does not stop the good ones. Thread-safe.
 */
public final class RecordDecoder {

    static final long PATIENCE_MILLIS = 3_000;

    private static final long PAUSE_MILLIS = 250;
    private static final long IMPATIENT_NANOS = 60_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(RecordDecoder.class);

    private final TapeCodec codec;
    private final TapeMetrics metrics;
    private volatile long patienceLostAt = System.nanoTime() - IMPATIENT_NANOS;

    public RecordDecoder(TapeCodec codec, TapeMetrics metrics) {
        this.codec = codec;
        this.metrics = metrics;
    }

    /** The record as a pass comes across it. */
    public ScannedRecord scanned(ConsumerRecord<byte[], byte[]> record) {
        return new ScannedRecord() {
            @Override
            public long offset() {
                return record.offset();
            }

            @Override
            public @Nullable String conversationId() {
                return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
            }

            @Override
            public int bytes() {
                return record.serializedKeySize() + record.serializedValueSize();
            }

            @Override
            public @Nullable TapeRecord decode() {
                return RecordDecoder.this.decode(record);
            }
        };
    }

    /** Null if the record cannot be understood. */
    @Nullable
    public TapeRecord decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.key() == null || record.value() == null) {
                throw new BadRecordException("it lacks a key or a value");
            }
            TokenEvent event = decodePatiently(record.value());
            if (!new String(record.key(), StandardCharsets.UTF_8)
                    .equals(event.envelope().conversationId())) {
                throw new BadRecordException("its key is not its conversation");
            }
            return new TapeRecord(
                    record.offset(), record.timestamp(), TokenHeaders.publishedAt(record.headers()), event);
        } catch (BadRecordException e) {
            metrics.undecodable();
            LOG.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("skipped a record that cannot be understood");
            return null;
        }
    }

    private TokenEvent decodePatiently(byte[] value) {
        long begun = System.nanoTime();
        while (true) {
            try {
                return codec.decodeEvent(value);
            } catch (SchemaRegistryException e) {
                long now = System.nanoTime();
                if (now - patienceLostAt < IMPATIENT_NANOS
                        || now - begun > PATIENCE_MILLIS * 1_000_000
                        || Thread.currentThread().isInterrupted()) {
                    patienceLostAt = now - patienceLostAt < IMPATIENT_NANOS ? patienceLostAt : now;
                    throw new BadRecordException("the schema registry does not answer: " + e, e);
                }
                LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000);
            }
        }
    }
}
