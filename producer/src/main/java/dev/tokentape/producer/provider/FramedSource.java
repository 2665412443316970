package dev.tokentape.producer.provider;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events made fit for okhttp-sse: without a byte order mark, with its last event ended even where
 * the body is not, and with no event larger than allowed.
 *
 * <p>A connection that breaks is the end of the body, so that what came before is read; only a time-out, and what the
 * caller itself brought about, is an exception.
 */
final class FramedSource extends ForwardingSource {

    /** Hears of bytes as they come. */
    interface Arrivals {

        /** Before waiting for bytes. */
        void waiting() throws IOException;

        void arrived();
    }

    /** One event is larger than allowed. */
    static final class OversizeEventException extends IOException {
        private static final long serialVersionUID = 1L;

        OversizeEventException(int limit) {
            super("an event of more than %d bytes".formatted(limit));
        }
    }

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
    private final Arrivals arrivals;
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

    FramedSource(Source body, int maxEventBytes, Arrivals arrivals) {
        super(body);
        this.maxEventBytes = maxEventBytes;
        this.arrivals = arrivals;
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
            if (readPiece(byteCount) == -1) {
                over = true;
                return complete(sink);
            }
            arrivals.arrived();
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

    private long readPiece(long byteCount) throws IOException {
        arrivals.waiting();
        try {
            return super.read(piece, byteCount);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return -1;
        }
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
