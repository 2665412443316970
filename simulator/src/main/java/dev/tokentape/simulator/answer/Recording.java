package dev.tokentape.simulator.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A recorded response body, split into its wire events without changing a byte; what follows the last whole event is an
 * event of its own. At most {@value #LARGEST_FILE} bytes, which are kept in memory.
 */
public record Recording(String contentType, List<byte[]> events) {

    private static final long LARGEST_FILE = 64L << 20;

    public Recording {
        events = List.copyOf(events);
    }

    /** Reads a file; its extension says what it is. */
    public static Recording read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException("recording " + file + " is larger than " + LARGEST_FILE + " bytes");
        }
        byte[] body = Files.readAllBytes(file);
        String name = file.toString().toLowerCase(Locale.ROOT);
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "sse" -> new Recording("text/event-stream; charset=utf-8", blankLineTerminated(body));
            case "ndjson" -> new Recording("application/x-ndjson", lines(body));
            case "eventstream" -> new Recording("application/vnd.amazon.eventstream", lengthPrefixed(body));
            case "json" -> new Recording("application/json", List.of(body));
            default ->
                throw new IOException("recording " + file + ": the extension must be sse, ndjson, eventstream or json");
        };
    }

    private static List<byte[]> lines(byte[] body) {
        var events = new ArrayList<byte[]>();
        var event = new ByteArrayOutputStream();
        for (byte one : body) {
            event.write(one);
            if (one == '\n') {
                take(event, events);
            }
        }
        take(event, events);
        return events;
    }

    private static List<byte[]> blankLineTerminated(byte[] body) {
        var events = new ArrayList<byte[]>();
        var event = new ByteArrayOutputStream();
        boolean lineIsEmpty = true;
        for (int at = 0; at < body.length; at++) {
            event.write(body[at]);
            boolean firstOfTwo = body[at] == '\r' && at + 1 < body.length && body[at + 1] == '\n';
            if (firstOfTwo) {
                continue;
            }
            if (body[at] == '\n' || body[at] == '\r') {
                if (lineIsEmpty) {
                    take(event, events);
                }
                lineIsEmpty = true;
            } else {
                lineIsEmpty = false;
            }
        }
        take(event, events);
        return events;
    }

    /** Amazon's event stream: each message begins with its total length, big-endian, in four bytes. */
    private static List<byte[]> lengthPrefixed(byte[] body) {
        var events = new ArrayList<byte[]>();
        var rest = ByteBuffer.wrap(body);
        while (rest.hasRemaining()) {
            int length = rest.remaining() >= 4 ? rest.getInt(rest.position()) : rest.remaining();
            byte[] event = new byte[length >= 16 && length <= rest.remaining() ? length : rest.remaining()];
            rest.get(event);
            events.add(event);
        }
        return events;
    }

    private static void take(ByteArrayOutputStream event, List<byte[]> events) {
        if (event.size() > 0) {
            events.add(event.toByteArray());
            event.reset();
        }
    }
}
