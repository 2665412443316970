package dev.tokentape.producer.provider;

import java.io.IOException;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events in which JSON that stands there bare becomes an event like the others, and a list of
 * objects one for each. Its lines end in line feeds.
 *
 * <p>Gemini breaks a stream off by a pretty-printed error without {@code data:} before its lines, which a reader of
 * server-sent events must skip; unless asked for such events it sends its whole answer as one list. A line that begins
 * with a bracket is no field of such an event, so there such JSON begins; it ends where its brackets are closed.
 */
final class BareJsonSource extends ForwardingSource {

    private static final byte[] FIELD = {'d', 'a', 't', 'a', ':', ' '};

    private enum List {
        NONE,
        BEGUN,
        /** At least one of its objects has come. */
        OF_OBJECTS
    }

    private final Buffer piece = new Buffer();
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
                return -1;
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
        } else if (lineStart && next == '{') {
            begin(sink);
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
            begin(sink);
        } else if (next == ',' || next == ' ' || next == '\t' || next == '\n') {
            piece.skip(1);
        } else if (list == List.BEGUN && next != ']') {
            // A list of something else is one event.
            list = List.NONE;
            begin(sink);
            sink.write(FIELD).writeByte('[');
            lineStart = false;
            depth = 1;
        } else {
            list = List.NONE;
            copyLine(sink);
        }
    }

    private void begin(Buffer sink) {
        bare = true;
        depth = 0;
        lineStart = true;
        sink.writeByte('\n');
    }

    private void copyLine(Buffer sink) {
        long end = piece.indexOf((byte) '\n');
        lineStart = end != -1;
        sink.write(piece, end == -1 ? piece.size() : end + 1);
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
