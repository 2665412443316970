package dev.tokentape.producer.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** AWS event-stream frames for tests. */
public final class Frames {

    private Frames() {}

    public static byte[] event(String type, String payload) {
        return frame(Map.of(":message-type", "event", ":event-type", type), payload);
    }

    public static byte[] exception(String type, String payload) {
        return frame(Map.of(":message-type", "exception", ":exception-type", type), payload);
    }

    static byte[] frame(Map<String, String> headers, String payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, HeaderValue> values = new TreeMap<>();
        headers.forEach((name, value) -> values.put(name, HeaderValue.fromString(value)));
        new Message(values, payload.getBytes(StandardCharsets.UTF_8)).encode(out);
        return out.toByteArray();
    }

    /** One event a line: its type, a blank, its payload. */
    static byte[] ofLines(String lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lines.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            String type = blank < 0 ? line : line.substring(0, blank);
            // The encoder takes names of up to 32,767 bytes; a mutated line may be longer than any real one.
            String name = type.isEmpty() ? "nothing" : type.substring(0, Math.min(type.length(), 200));
            out.writeBytes(event(name, line.substring(blank + 1)));
        });
        return out.toByteArray();
    }
}
