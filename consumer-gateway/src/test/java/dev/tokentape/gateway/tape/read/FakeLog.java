package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.catchup.PartitionLog;
import dev.tokentape.gateway.tape.catchup.ScannedRecord;
import dev.tokentape.gateway.tape.kafka.RecordDecoder;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A partition's log in memory, in the form in which Kafka gives it. */
public final class FakeLog {

    static final TopicCatalogue TOPICS = new TopicCatalogue("", 1, (short) 1);

    private static final int BATCH = 7;

    private final TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), TOPICS);
    private final List<ConsumerRecord<byte[], byte[]>> records = new CopyOnWriteArrayList<>();
    private final Map<Long, TapeRecord> decoded = new ConcurrentHashMap<>();
    private final AtomicInteger seeks = new AtomicInteger();
    private volatile long begin;
    private long micros = Events.START_MICROS;

    TapeCodec codec() {
        return codec;
    }

    /** Writes an event, so many milliseconds after the one before; returns its offset. */
    long write(TokenEvent event, long afterMillis) {
        micros += afterMillis * 1_000;
        return write(event.envelope().conversationId(), codec.encode(Topic.TOKENS, event));
    }

    public long write(TokenEvent event) {
        return write(event, 1);
    }

    /** Writes part of an answer of {@code length} events to the conversation of {@link FakeGateway}. */
    void write(String response, int from, int to, int length) {
        for (int sequence = from; sequence < to; sequence++) {
            write(Events.event(FakeGateway.CONVERSATION, response, sequence, length));
        }
    }

    long write(String key, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        TokenHeaders.setPublishedAt(headers, micros);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        long offset = records.size();
        records.add(new ConsumerRecord<>(
                TOPICS.name(Topic.TOKENS),
                0,
                offset,
                micros / 1_000,
                TimestampType.CREATE_TIME,
                keyBytes.length,
                value.length,
                keyBytes,
                value,
                headers,
                java.util.Optional.empty()));
        return offset;
    }

    /** What is before this offset is deleted. */
    void deleteBefore(long offset) {
        begin = offset;
    }

    long end() {
        return records.size();
    }

    long micros() {
        return micros;
    }

    ConsumerRecord<byte[], byte[]> record(long offset) {
        return records.get((int) offset);
    }

    /** What a record says; decoded once for all gateways. Null if nobody can understand it. */
    @Nullable
    TapeRecord decoded(long offset, RecordDecoder decoder) {
        TapeRecord known = decoded.get(offset);
        if (known == null) {
            known = decoder.decode(record(offset));
            if (known != null) {
                decoded.put(offset, known);
            }
        }
        return known;
    }

    private ScannedRecord scanned(long offset, RecordDecoder decoder) {
        ScannedRecord record = decoder.scanned(record(offset));
        return new ScannedRecord() {
            @Override
            public long offset() {
                return offset;
            }

            @Override
            public @Nullable String conversationId() {
                return record.conversationId();
            }

            @Override
            public int bytes() {
                return record.bytes();
            }

            @Override
            public @Nullable TapeRecord decode() {
                return decoded(offset, decoder);
            }
        };
    }

    /** How many passes began. */
    int seeks() {
        return seeks.get();
    }

    PartitionLog open(RecordDecoder decoder) {
        return new PartitionLog() {
            private long next;

            @Override
            public Bounds bounds(int partition) {
                return new Bounds(begin, end());
            }

            @Override
            public void seek(int partition, long offset) {
                seeks.incrementAndGet();
                next = offset;
            }

            @Override
            public Batch poll() {
                long from = next;
                next = Math.min(end(), from + BATCH);
                // Not as a sublist, which would not bear that the log is written to meanwhile.
                return new Batch(
                        LongStream.range(from, next)
                                .mapToObj(offset -> scanned(offset, decoder))
                                .iterator(),
                        next);
            }

            @Override
            public void close() {}
        };
    }
}
