package dev.tokentape.producer.provider.wire;

import java.io.IOException;
import java.util.Objects;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A body of server-sent events made fit for okhttp-sse: with its last event ended even where the body is not, and with
 * no event larger than allowed. Its lines end in line feeds.
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

    private final int maxEventBytes;
    private final Buffer piece = new Buffer();
    private final Buffer.UnsafeCursor cursor = new Buffer.UnsafeCursor();
    private int eventBytes;
    private int lineBytes;
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
        if (!over) {
            if (super.read(piece, byteCount) == -1) {
                over = true;
                return complete(sink);
            }
            scan();
            long size = piece.size();
            sink.write(piece, size);
            return size;
        }
        return -1;
    }

    /** Ends what the body left open. */
    private long complete(Buffer sink) {
        completed = open || lineBytes > 0;
        if (!completed) {
            return -1;
        }
        sink.writeUtf8("\n\n");
        return 2;
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
        if (next == '\n') {
            open = lineBytes > 0;
            eventBytes = open ? eventBytes : 0;
            lineBytes = 0;
        } else {
            lineBytes++;
        }
    }
}
