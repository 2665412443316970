package dev.tokentape.producer.provider;

import java.io.IOException;
import java.util.Objects;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events made fit for okhttp-sse: without a byte order mark, with its last event ended even where
 * the body is not, and with no event larger than allowed.
 */
final class FramedSource extends ForwardingSource {

    /** The reader has all it wanted. */
    static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("stopped");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxEventBytes;
    private final Buffer piece = new Buffer();
    private final Buffer.UnsafeCursor cursor = new Buffer.UnsafeCursor();
    private int markBytes;
    private int eventBytes;
    private int lineBytes;
    private boolean afterReturn;
    private boolean open;
    private boolean over;
    private boolean stopped;
    private boolean completed;

    FramedSource(Source body, int maxEventBytes) {
        super(body);
        this.maxEventBytes = maxEventBytes;
    }

    /** Whether the body ended within an event, and that event has been ended here. */
    boolean completed() {
        return completed;
    }

    /** Nothing more is wanted: the next read fails. */
    void stop() {
        stopped = true;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        if (stopped) {
            throw new StoppedException();
        }
        while (!over) {
            if (super.read(piece, byteCount) == -1) {
                over = true;
                return complete(sink);
            }
            skipMark();
            if (piece.size() > 0) {
                scan();
                long size = piece.size();
                sink.write(piece, size);
                return size;
            }
        }
        return -1;
    }

    /** Ends what the body left open. A return at the very end is completed too: okhttp-sse would look for its line feed forever. */
    private long complete(Buffer sink) {
        boolean markCut = markBytes > 0 && markBytes < BYTE_ORDER_MARK.length;
        completed = open || lineBytes > 0 || markCut;
        if (!completed && !afterReturn) {
            return -1;
        }
        long before = sink.size();
        sink.write(BYTE_ORDER_MARK, 0, markCut ? markBytes : 0).writeUtf8("\n\n");
        return sink.size() - before;
    }

    /** Leaves out a byte order mark that may come byte by byte; gives back what only began like one. */
    private void skipMark() throws IOException {
        while (markBytes >= 0 && markBytes < BYTE_ORDER_MARK.length && piece.size() > 0) {
            if (piece.getByte(0) == BYTE_ORDER_MARK[markBytes]) {
                piece.skip(1);
                markBytes++;
            } else {
                Buffer whole = new Buffer().write(BYTE_ORDER_MARK, 0, markBytes);
                whole.writeAll(piece);
                piece.writeAll(whole);
                markBytes = -1;
            }
        }
    }

    private void scan() throws OversizeEventException {
        piece.readUnsafe(cursor);
        try {
            while (cursor.next() != -1) {
                byte[] data = Objects.requireNonNull(cursor.data);
                for (int i = cursor.start; i < cursor.end; i++) {
                    scan(data[i]);
                }
                if (eventBytes > maxEventBytes) {
                    throw new OversizeEventException(maxEventBytes);
                }
            }
        } finally {
            cursor.close();
        }
    }

    private void scan(byte next) {
        eventBytes++;
        if (next == '\n' && afterReturn) {
            afterReturn = false;
        } else if (next == '\n' || next == '\r') {
            afterReturn = next == '\r';
            open = lineBytes > 0;
            eventBytes = open ? eventBytes : 0;
            lineBytes = 0;
        } else {
            afterReturn = false;
            lineBytes++;
        }
    }
}
