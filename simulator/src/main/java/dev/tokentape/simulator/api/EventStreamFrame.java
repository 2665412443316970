package dev.tokentape.simulator.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * One message of Amazon's event stream encoding, big-endian: total length, length of the headers, CRC-32 of these eight
 * bytes, headers, payload, CRC-32 of all before. Headers are strings only, which is all that Bedrock sends: a byte of
 * name length, the name, the type 7, two bytes of value length, the value.
 */
final class EventStreamFrame {

    private static final int PRELUDE_BYTES = 12;
    private static final int CRC_BYTES = 4;
    private static final byte STRING = 7;

    private EventStreamFrame() {}

    /** Encodes a message; headers are written in the order of the map. */
    static byte[] encode(Map<String, String> headers, byte[] payload) {
        byte[] written = headers(headers);
        var frame = ByteBuffer.allocate(PRELUDE_BYTES + written.length + payload.length + CRC_BYTES);
        frame.putInt(frame.capacity()).putInt(written.length);
        frame.putInt(crc(frame));
        frame.put(written).put(payload);
        frame.putInt(crc(frame));
        return frame.array();
    }

    private static byte[] headers(Map<String, String> headers) {
        int length = 0;
        for (var header : headers.entrySet()) {
            length += 4 + utf8(header.getKey()).length + utf8(header.getValue()).length;
        }
        var written = ByteBuffer.allocate(length);
        for (var header : headers.entrySet()) {
            byte[] name = utf8(header.getKey());
            byte[] value = utf8(header.getValue());
            written.put((byte) name.length).put(name);
            written.put(STRING).putShort((short) value.length).put(value);
        }
        return written.array();
    }

    /** The checksum of what has been written so far. */
    private static int crc(ByteBuffer frame) {
        var crc = new CRC32();
        crc.update(frame.array(), 0, frame.position());
        return (int) crc.getValue();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
