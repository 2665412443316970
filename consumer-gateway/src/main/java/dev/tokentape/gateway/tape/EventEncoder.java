package dev.tokentape.gateway.tape;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes frames: the event as one line of JSON that begins with its cursor as {@code id}. */
final class EventEncoder {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] HEAD = "{\"id\":\"".getBytes(StandardCharsets.ISO_8859_1);
    private static final int TYPICAL_BYTES = 512;

    private EventEncoder() {}

    /** What stands between the opening and the closing brace. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static Frame frame(String cursor, TokenEvent event, long publishedAt) {
        return frame(cursor, event.isTerminal(), json -> EventJson.writeFields(json, event, publishedAt));
    }

    static Frame frame(String cursor, boolean terminal, Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", cursor);
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Frame(cursor, oneLine(out.toByteArray()), terminal);
    }

    /** The same event under another cursor; nothing is encoded anew. */
    static Frame underCursor(Frame frame, String cursor) {
        int tailFrom = HEAD.length + frame.cursor().length();
        int tail = frame.json().length - tailFrom;
        byte[] json = new byte[HEAD.length + cursor.length() + tail];
        System.arraycopy(HEAD, 0, json, 0, HEAD.length);
        System.arraycopy(cursor.getBytes(StandardCharsets.ISO_8859_1), 0, json, HEAD.length, cursor.length());
        System.arraycopy(frame.json(), tailFrom, json, HEAD.length + cursor.length(), tail);
        return new Frame(cursor, json, frame.terminal());
    }

    /**
     * Fields that providers sent travel as they came, perhaps over several lines, which would break an SSE frame. Inside
     * JSON strings a line break cannot stand, so outside it is but a space.
     */
    private static byte[] oneLine(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }
}
