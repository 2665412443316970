package dev.tokentape.producer.provider.wire;

import dev.tokentape.producer.provider.api.Reducer;
import java.io.IOException;
import okio.Buffer;
import okio.ByteString;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events in which JSON that stands there bare becomes an event like the others, a list of objects
 * one for each, and a line {@code error: …} an event of that name. Its lines end in line feeds.
 *
 * <p>Gemini breaks a stream off by a pretty-printed error without {@code data:} before its lines, which a reader of
 * server-sent events must skip; unless asked for such events it sends its whole answer as one list. A line that begins
 * with a bracket is no field of such an event, so there such JSON begins; it ends where its brackets are closed.
 * llama.cpp tells an error in a line of its own, which has the form of a field that such a reader does not know.
 */
final class BareJsonSource extends ForwardingSource {

    private static final byte[] FIELD = {'d', 'a', 't', 'a', ':', ' '};

    private static final ByteString ERROR_FIELD = ByteString.encodeUtf8(Reducer.ERROR_LINE);
    private static final ByteString ERROR_EVENT = ByteString.encodeUtf8("\nevent: " + Reducer.ERROR_LINE + "\n");

    private enum List {
        NONE,
        BEGUN,
        /** At least one of its objects has come. */
        OF_OBJECTS
    }

    private final Buffer piece = new Buffer();
    /** What a line has begun with, as long as it may be an error. */
    private final Buffer errorField = new Buffer();
    /** Whether the line is an error of which nothing but the field's name was copied. */
    private boolean errorBegun;

    private boolean errorLine;
    private boolean lineStart = true;
    private List list = List.NONE;
    private boolean bare;
    private int depth;
    private boolean inString;
    private boolean escaped;

    BareJsonSource(Source body) {
        super(body);
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        long before = sink.size();
        while (sink.size() == before) {
            if (super.read(piece, byteCount) == -1) {
                return endOfErrorField(sink) ? sink.size() - before : -1;
            }
            while (piece.size() > 0) {
                copy(sink);
            }
        }
        return sink.size() - before;
    }

    private void copy(Buffer sink) throws IOException {
        byte next = piece.getByte(0);
        if (bare) {
            copyBare(sink);
        } else if (list != List.NONE) {
            between(next, sink);
        } else if (errorBegun) {
            beginError(next, sink);
        } else if (lineStart && next == '{') {
            sink.writeByte('\n');
            begin();
        } else if (lineStart && mayBeErrorField(next)) {
            errorField(sink);
        } else if (lineStart && next == '[') {
            piece.skip(1);
            list = List.BEGUN;
        } else {
            copyLine(sink);
        }
    }

    /** Between the objects of a list, where commas and white space may be. */
    private void between(byte next, Buffer sink) throws IOException {
        if (next == '{') {
            list = List.OF_OBJECTS;
            sink.writeByte('\n');
            begin();
        } else if (next == ',' || next == ' ' || next == '\t' || next == '\n') {
            piece.skip(1);
        } else if (list == List.BEGUN && next != ']') {
            // A list of something else is one event.
            list = List.NONE;
            sink.writeByte('\n');
            begin();
            sink.write(FIELD).writeByte('[');
            lineStart = false;
            depth = 1;
        } else {
            list = List.NONE;
            copyLine(sink);
        }
    }

    private void begin() {
        bare = true;
        depth = 0;
        lineStart = true;
    }

    private boolean mayBeErrorField(byte next) {
        return Character.toLowerCase(next) == ERROR_FIELD.getByte((int) errorField.size());
    }

    private void errorField(Buffer sink) throws IOException {
        errorField.write(piece, 1);
        if (errorField.size() == ERROR_FIELD.size()) {
            errorField.clear();
            errorBegun = true;
            lineStart = false;
            sink.write(ERROR_EVENT);
        }
    }

    /** The line's end may come before it is known whether it is an error. */
    private boolean endOfErrorField(Buffer sink) {
        boolean any = errorField.size() > 0;
        sink.write(errorField, errorField.size());
        return any;
    }

    /** Words after the field's name are the event's data, and so is an object, which may take several lines. */
    private void beginError(byte next, Buffer sink) throws IOException {
        if (next == ' ' || next == '\t') {
            piece.skip(1);
            return;
        }
        errorBegun = false;
        if (next == '{') {
            begin();
        } else {
            errorLine = true;
            sink.write(FIELD);
        }
    }

    private void copyLine(Buffer sink) {
        endOfErrorField(sink);
        long end = piece.indexOf((byte) '\n');
        lineStart = end != -1;
        sink.write(piece, end == -1 ? piece.size() : end + 1);
        if (lineStart && errorLine) {
            errorLine = false;
            sink.writeByte('\n');
        }
    }

    private void copyBare(Buffer sink) throws IOException {
        if (lineStart) {
            sink.write(FIELD);
        }
        byte next = piece.readByte();
        sink.writeByte(next);
        lineStart = next == '\n';
        follow(next);
        if (depth == 0 && !inString) {
            bare = false;
            lineStart = true;
            sink.writeByte('\n').writeByte('\n');
        }
    }

    private void follow(byte next) {
        if (inString) {
            inString = escaped || next != '"';
            escaped = !escaped && next == '\\';
            return;
        }
        switch (next) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            default -> {}
        }
    }
}
