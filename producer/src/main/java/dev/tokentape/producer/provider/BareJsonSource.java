package dev.tokentape.producer.provider;

import java.io.IOException;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events in which JSON that stands there bare becomes an event like the others.
 *
 * <p>Gemini breaks a stream off by a pretty-printed error without {@code data:} before its lines, which a reader of
 * server-sent events must skip. A line that begins with a bracket is no field of such an event, so there such JSON
 * begins; it ends where its brackets are closed.
 */
final class BareJsonSource extends ForwardingSource {

    private static final byte[] FIELD = {'d', 'a', 't', 'a', ':', ' '};

    private final Buffer piece = new Buffer();
    private boolean lineStart = true;
    private boolean bare;
    private int depth;
    private boolean inString;
    private boolean escaped;

    BareJsonSource(Source body) {
        super(body);
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        if (super.read(piece, byteCount) == -1) {
            return -1;
        }
        long before = sink.size();
        while (piece.size() > 0) {
            byte first = piece.getByte(0);
            if (!bare && lineStart && (first == '{' || first == '[')) {
                bare = true;
                depth = 0;
                sink.writeByte('\n');
            }
            if (bare) {
                copyBare(sink);
            } else {
                copyLine(sink);
            }
        }
        return sink.size() - before;
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
