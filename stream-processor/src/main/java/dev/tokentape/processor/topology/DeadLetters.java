package dev.tokentape.processor.topology;

import dev.tokentape.schemas.topic.RecordLimits;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns records that nobody can understand into letters for people: the record as it was, and where and why. */
final class DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    static final String TOPIC = "topic";
    static final String PARTITION = "partition";
    static final String OFFSET = "offset";
    static final String REASON = "reason";

    private DeadLetters() {}

    /** A value that has no room beside the headers stays where it was; the letter then says where that is. */
    static Record<Addressed, byte[]> letter(
            Record<byte[], byte[]> bad, RecordMetadata at, int partition, @Nullable String why) {
        String reason = why == null ? "unknown" : why;
        log.atWarn()
                .addKeyValue("topic", at.topic())
                .addKeyValue("partition", at.partition())
                .addKeyValue("offset", at.offset())
                .addKeyValue("reason", reason)
                .log("a record went to the dead letters");
        RecordHeaders headers = new RecordHeaders();
        add(headers, TOPIC, at.topic());
        add(headers, PARTITION, String.valueOf(at.partition()));
        add(headers, OFFSET, String.valueOf(at.offset()));
        add(headers, REASON, reason);
        byte[] key = bad.key() == null ? new byte[0] : bad.key();
        boolean fits = bad.value() == null || bad.value().length + key.length <= RecordLimits.MAX_VALUE_BYTES;
        return new Record<>(
                new Addressed(key, partition), fits ? bad.value() : null, Math.max(0, bad.timestamp()), headers);
    }

    private static void add(RecordHeaders headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
