package dev.tokentape.producer.provider.wire;

import java.io.IOException;
import okio.Buffer;
import okio.ByteString;
import okio.ForwardingSource;
import okio.Source;

/**
 * A text's bytes without a byte order mark, every line ended by a line feed alone. The other ends that server-sent
 * events may have, a return and both, okhttp-sse takes for the end of some lines only.
 */
final class LineFeedSource extends ForwardingSource {

    private static final ByteString BYTE_ORDER_MARK = ByteString.decodeHex("efbbbf");

    private final Buffer piece = new Buffer();
    private int markBytes;
    private boolean marked = true;
    private boolean afterReturn;

    LineFeedSource(Source body) {
        super(body);
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        long before = sink.size();
        while (sink.size() == before) {
            if (super.read(piece, byteCount) == -1) {
                endOfMark(sink);
                return sink.size() == before ? -1 : sink.size() - before;
            }
            skipMark(sink);
            copy(sink);
        }
        return sink.size() - before;
    }

    /** Leaves out a mark that may come byte by byte; gives back what only began like one. */
    private void skipMark(Buffer sink) throws IOException {
        while (marked && piece.size() > 0) {
            if (piece.getByte(0) == BYTE_ORDER_MARK.getByte(markBytes)) {
                piece.readByte();
                markBytes++;
                marked = markBytes < BYTE_ORDER_MARK.size();
            } else {
                endOfMark(sink);
            }
        }
    }

    private void endOfMark(Buffer sink) {
        if (marked) {
            marked = false;
            sink.write(BYTE_ORDER_MARK, 0, markBytes);
        }
    }

    private void copy(Buffer sink) throws IOException {
        while (piece.size() > 0) {
            if (afterReturn && piece.getByte(0) == '\n') {
                piece.skip(1);
            }
            long end = piece.indexOf((byte) '\r');
            afterReturn = end != -1;
            sink.write(piece, end == -1 ? piece.size() : end);
            if (afterReturn) {
                piece.skip(1);
                sink.writeByte('\n');
            }
        }
    }
}
