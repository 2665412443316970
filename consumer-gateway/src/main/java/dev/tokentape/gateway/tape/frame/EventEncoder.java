package dev.tokentape.gateway.tape.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames: the event as one line of JSON that begins with its cursor as {@code id}.
 *
 * <p>Every thread keeps one generator and one buffer for all frames it writes, since making them costs as much as
 * writing a token. A buffer that a large frame has stretched is not kept.
 */
public final class EventEncoder {

    private static final JsonFactory JSON =
            new JsonFactoryBuilder().rootValueSeparator("").build();
    private static final byte[] HEAD = "{\"id\":\"".getBytes(StandardCharsets.ISO_8859_1);
    private static final int TYPICAL_BYTES = 1024;
    private static final int MOST_KEPT_BYTES = 64 * 1024;
    private static final ThreadLocal<@Nullable EventEncoder[]> KEPT =
            ThreadLocal.withInitial(() -> new EventEncoder[1]);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
    private final JsonGenerator json;

    private EventEncoder() {
        try {
            json = JSON.createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands between the opening and the closing brace. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    public static Frame frame(String cursor, TokenEvent event, long publishedAt) {
        return frame(cursor, event.isTerminal(), json -> EventJson.writeFields(json, event, publishedAt));
    }

    public static Frame frame(String cursor, boolean terminal, Fields fields) {
        @Nullable EventEncoder[] kept = KEPT.get();
        EventEncoder encoder = kept[0];
        // Not kept while it writes: one that fails in the middle is of no use any more.
        kept[0] = null;
        if (encoder == null) {
            encoder = new EventEncoder();
        }
        byte[] line = LineBreaks.toSpaces(encoder.write(cursor, fields));
        if (line.length <= MOST_KEPT_BYTES) {
            kept[0] = encoder;
        }
        return new Frame(cursor, line, terminal);
    }

    private byte[] write(String cursor, Fields fields) {
        try {
            json.writeStartObject();
            if (!cursor.isEmpty()) {
                json.writeStringField("id", cursor);
            }
            fields.write(json);
            json.writeEndObject();
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] line = out.toByteArray();
        out.reset();
        return line;
    }

    /** The same event under another cursor; nothing is encoded anew. */
    public static Frame underCursor(Frame frame, String cursor) {
        int tailFrom = HEAD.length + frame.cursor().length();
        int tail = frame.json().length - tailFrom;
        byte[] json = new byte[HEAD.length + cursor.length() + tail];
        System.arraycopy(HEAD, 0, json, 0, HEAD.length);
        System.arraycopy(cursor.getBytes(StandardCharsets.ISO_8859_1), 0, json, HEAD.length, cursor.length());
        System.arraycopy(frame.json(), tailFrom, json, HEAD.length + cursor.length(), tail);
        return new Frame(cursor, json, frame.terminal());
    }
}
