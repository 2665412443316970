package dev.tokentape.producer.provider.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Reads AWS event-stream frames: total length, length of the headers, checksum of both, headers, payload, checksum of
 * all. A body that ends within a frame ends before it.
 *
 * <p>The lengths are believed only after their checksum, so a corrupt one asks for no memory.
 */
final class AwsFrames implements BodyReader {

    private static final int PRELUDE_BYTES = 12;
    private static final int LEAST_BYTES = PRELUDE_BYTES + 4;

    private final BufferedSource body;
    private final int maxEventBytes;

    AwsFrames(Source body, int maxEventBytes) {
        this.body = Okio.buffer(body);
        this.maxEventBytes = maxEventBytes;
    }

    @Override
    public void read(WireEvents events) throws IOException {
        boolean wanted = true;
        if (beginsAsText()) {
            events.event("error", body.readUtf8(), false);
            return;
        }
        while (wanted && body.request(PRELUDE_BYTES)) {
            ByteBuffer prelude = ByteBuffer.wrap(body.peek().readByteArray(PRELUDE_BYTES));
            int length = length(prelude);
            if (!body.request(length)) {
                return;
            }
            wanted = event(decode(body.readByteArray(length), prelude.getInt(4)), events);
        }
    }

    /**
     * Whether the body is no frames but words, such as the JSON of an error: as a length its first character would be
     * 150 million bytes or more.
     */
    private boolean beginsAsText() throws IOException {
        if (!body.request(1)) {
            return false;
        }
        byte first = body.getBuffer().getByte(0);
        boolean text = first >= ' ' && first < 0x7f || first == '\n' || first == '\r' || first == '\t';
        boolean frame = body.request(PRELUDE_BYTES)
                && checksumMatches(ByteBuffer.wrap(body.peek().readByteArray(PRELUDE_BYTES)));
        if (text && !frame && body.request(maxEventBytes + 1L)) {
            throw new OversizeEventException(maxEventBytes);
        }
        return text && !frame;
    }

    private static boolean checksumMatches(ByteBuffer prelude) {
        CRC32 checksum = new CRC32();
        checksum.update(prelude.array(), 0, 8);
        return (int) checksum.getValue() == prelude.getInt(8);
    }

    private int length(ByteBuffer prelude) throws IOException {
        if (!checksumMatches(prelude)) {
            throw new CorruptFrameException("the checksum of a frame's lengths does not match", null);
        }
        long length = Integer.toUnsignedLong(prelude.getInt(0));
        if (length > maxEventBytes) {
            throw new OversizeEventException(maxEventBytes);
        }
        if (length < LEAST_BYTES || Integer.toUnsignedLong(prelude.getInt(4)) > length - LEAST_BYTES) {
            throw new CorruptFrameException("the lengths of a frame contradict each other", null);
        }
        return (int) length;
    }

    private static Message decode(byte[] frame, int headerBytes) throws CorruptFrameException {
        Message message;
        int headers;
        try {
            message = Message.decode(ByteBuffer.wrap(frame));
            headers = headers(ByteBuffer.wrap(frame, PRELUDE_BYTES, headerBytes));
        } catch (RuntimeException e) {
            throw new CorruptFrameException("a frame cannot be decoded: " + e.getMessage(), e);
        }
        if (headers != message.getHeaders().size()) {
            throw new CorruptFrameException("a frame has a header twice", null);
        }
        return message;
    }

    /** How many headers there are; of two with one name the decoder keeps but one. */
    private static int headers(ByteBuffer headers) {
        int count = 0;
        while (headers.hasRemaining()) {
            count++;
            skip(headers, Byte.toUnsignedInt(headers.get()));
            int valueBytes = switch (headers.get()) {
                case 2 -> 1;
                case 3 -> 2;
                case 4 -> 4;
                case 5, 8 -> 8;
                case 6, 7 -> Short.toUnsignedInt(headers.getShort());
                case 9 -> 16;
                default -> 0;
            };
            skip(headers, valueBytes);
        }
        return count;
    }

    private static void skip(ByteBuffer buffer, int bytes) {
        buffer.position(buffer.position() + bytes);
    }

    private static boolean event(Message message, WireEvents events) {
        String payload = new String(message.getPayload(), StandardCharsets.UTF_8);
        String kind = header(message, ":message-type");
        return switch (kind == null ? "" : kind) {
            case "event" -> events.event(header(message, ":event-type"), payload, false);
            case "exception" -> events.event("error", error(header(message, ":exception-type"), null, payload), false);
            case "error" ->
                events.event(
                        "error",
                        error(header(message, ":error-code"), header(message, ":error-message"), payload),
                        false);
            default -> true;
        };
    }

    /** An error in the one shape that reducers know. */
    private static String error(@Nullable String type, @Nullable String message, String payload) {
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        try {
            JsonNode fields = Json.parse(payload);
            if (fields.isObject()) {
                error.setAll((ObjectNode) fields);
            }
        } catch (JsonProcessingException _) {
            if (!payload.isBlank()) {
                error.put("message", payload);
            }
        }
        if (message != null) {
            error.put("message", message);
        }
        error.put("type", type == null ? "upstream_error" : type);
        return Json.write(JsonNodeFactory.instance.objectNode().set("error", error));
    }

    private static @Nullable String header(Message message, String name) {
        HeaderValue value = message.getHeaders().get(name);
        try {
            return value == null ? null : value.getString();
        } catch (IllegalStateException _) {
            // A header of this name that is no text is not the one that is meant.
            return null;
        }
    }
}
