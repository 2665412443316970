package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One reader on one connection. All but its wake-up belongs to the connection's event loop. */
public final class Subscription {

    private final ReadRequest request;
    private final Reader reader;
    private @Nullable Frame peeked;
    private String told;
    private boolean delivered;

    /** Whether it waits in the writer's queue of signals; set by any thread, cleared before the reader is read again. */
    final AtomicBoolean signalled = new AtomicBoolean();

    /** Whether it stands in the writer's ring of those that may have a next frame. */
    boolean behind;

    private boolean closed;

    Subscription(Tape tape, ReadRequest request, StreamWriter writer) {
        this.request = request;
        this.reader = tape.read(request, writer.loop(), () -> writer.signal(this));
        this.told = reader.cursor();
    }

    public ReadRequest request() {
        return request;
    }

    /** The place reached. */
    public String cursor() {
        return reader.cursor();
    }

    /** Whether an event of it was ever handed to the connection. */
    public boolean delivered() {
        return delivered;
    }

    /** Whether nothing will come any more, and all was taken. */
    public boolean ended() {
        return peeked == null && reader.ended();
    }

    /** Whether there is a next frame now; it stays the next. */
    public boolean hasNext() {
        if (peeked == null && !closed) {
            peeked = reader.next();
        }
        return peeked != null;
    }

    @Nullable
    Frame next() {
        Frame frame = peeked != null ? peeked : reader.next();
        peeked = null;
        if (frame != null) {
            told = frame.cursor();
            delivered = true;
        }
        return frame;
    }

    /** The cursor, if it has moved since the client last saw one; else null. Counts as seen then. */
    @Nullable
    String movedCursor() {
        String cursor = reader.cursor();
        if (peeked != null || cursor.equals(told)) {
            return null;
        }
        told = cursor;
        return cursor;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        if (!closed) {
            closed = true;
            peeked = null;
            reader.close();
        }
    }
}
