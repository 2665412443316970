package dev.tokentape.schemas.codec;

import dev.tokentape.schemas.avro.EventType;
import dev.tokentape.schemas.avro.TokenEvent;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Avro binary of a delta, written straight from it: nearly every event of the tape is one, and by way of the generated
 * record it takes several times as long. The bytes are those that Avro's own writer makes.
 *
 * <p>It goes by the schema's fields in their order; a field that it does not know must be one that may be null, and is
 * null. Not thread-safe; one for each delta.
 */
final class DeltaWriter {

    private enum Column {
        TYPE,
        CONVERSATION_ID,
        RESPONSE_ID,
        ATTEMPT,
        RUN_ID,
        SEQUENCE,
        CHOICE_INDEX,
        BLOCK_INDEX,
        REQUESTED_AT,
        RECEIVED_AT,
        ELAPSED_NANOS,
        PROVIDER,
        MODEL,
        DELTA_TYPE,
        TEXT,
        PROVIDER_DATA,
        ABSENT
    }

    private static final Column[] COLUMNS = columns(TokenEvent.getClassSchema());

    /** Room for all but the texts: numbers of at most ten bytes. */
    private static final int NUMBERS = 128;

    private byte[] bytes;
    private int length;

    private DeltaWriter(int room) {
        bytes = new byte[room];
    }

    /**
     * @param prefix bytes to begin with
     * @return the prefix and the delta
     */
    static byte[] write(byte[] prefix, BlockDelta delta) {
        DeltaWriter writer =
                new DeltaWriter(prefix.length + NUMBERS + 2 * delta.text().length() + 128);
        System.arraycopy(prefix, 0, writer.bytes, 0, prefix.length);
        writer.length = prefix.length;
        for (Column column : COLUMNS) {
            writer.write(column, delta);
        }
        return Arrays.copyOf(writer.bytes, writer.length);
    }

    private void write(Column column, BlockDelta delta) {
        Envelope envelope = delta.envelope();
        switch (column) {
            case TYPE -> number(EventType.CONTENT_BLOCK_DELTA.ordinal());
            case CONVERSATION_ID -> text(envelope.conversationId());
            case RESPONSE_ID -> text(envelope.responseId());
            case ATTEMPT -> number(envelope.attempt());
            case RUN_ID -> optional(envelope.runId());
            case SEQUENCE -> number(envelope.sequence());
            case CHOICE_INDEX -> number(envelope.choiceIndex());
            case BLOCK_INDEX -> optional(envelope.blockIndex());
            case REQUESTED_AT -> number(envelope.requestedAt());
            case RECEIVED_AT -> number(envelope.receivedAt());
            case ELAPSED_NANOS -> optional(envelope.elapsedNanos());
            case PROVIDER -> optional(envelope.provider());
            case MODEL -> optional(envelope.model());
            case DELTA_TYPE -> {
                number(1);
                number(delta.type().ordinal());
            }
            case TEXT -> optional(delta.text());
            case PROVIDER_DATA -> optional(delta.providerData());
            case ABSENT -> number(0);
        }
    }

    private void optional(@Nullable String value) {
        if (value == null) {
            number(0);
        } else {
            number(1);
            text(value);
        }
    }

    private void optional(long value) {
        if (value == Envelope.NONE) {
            number(0);
        } else {
            number(1);
            number(value);
        }
    }

    private void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        need(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
    }

    /** Zigzag, then seven bits a byte, lowest first. */
    private void number(long value) {
        need(10);
        long left = value << 1 ^ value >> 63;
        while ((left & ~0x7fL) != 0) {
            bytes[length++] = (byte) (left & 0x7f | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
    }

    private void need(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private static Column[] columns(Schema schema) {
        List<String> known = Arrays.stream(Column.values()).map(Column::name).toList();
        return schema.getFields().stream()
                .map(field -> {
                    String name = field.name().toUpperCase(Locale.ROOT);
                    if (known.contains(name)) {
                        return Column.valueOf(name);
                    }
                    if (!field.schema().isNullable()) {
                        throw new IllegalStateException("a delta has no " + field.name());
                    }
                    return Column.ABSENT;
                })
                .toArray(Column[]::new);
    }
}
