package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One reader on one connection. All but its wake-up belongs to the connection's event loop. */
public final class Subscription {

    /** Frames left out in one go. */
    private static final int MOST_LEFT_OUT = 256;

    private final ReadRequest request;
    private final Reader reader;
    private final FrameFilter filter;
    private final StreamWriter writer;
    private final @Nullable String startCursor;
    private @Nullable Frame peeked;
    private String told;
    private boolean delivered;

    /**
     * Whether it waits in the writer's queue of signals; set by any thread, cleared before the reader is read again.
     */
    final AtomicBoolean signalled = new AtomicBoolean();

    /** Whether it stands in the writer's ring of those that may have a next frame. */
    boolean behind;

    private boolean closed;

    Subscription(Tape tape, ReadRequest request, FrameFilter filter, StreamWriter writer) {
        this.request = request;
        this.filter = filter;
        this.writer = writer;
        this.reader = tape.read(request, writer.loop(), () -> writer.signal(this));
        this.told = reader.cursor();
        this.startCursor = request.start() instanceof ReadRequest.Start.After || reader.atHand() ? told : null;
    }

    public ReadRequest request() {
        return request;
    }

    /** The place reached. */
    public String cursor() {
        return reader.cursor();
    }

    /**
     * A cursor that gives everything that this subscription will, for a client whose connection breaks before its first
     * event; null where only starting again in the same way does, since the answers so far, or older events, come
     * first.
     */
    public @Nullable String startCursor() {
        return startCursor;
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
            peeked = nextShown();
        }
        return peeked != null;
    }

    @Nullable
    Frame next() {
        Frame frame = peeked != null ? peeked : nextShown();
        peeked = null;
        if (frame != null && frame.hasCursor()) {
            told = frame.cursor();
            delivered = true;
        }
        return frame;
    }

    /** The next that the filter lets through. After many that it does not, other connections get their turn first. */
    private @Nullable Frame nextShown() {
        for (int i = 0; i < MOST_LEFT_OUT; i++) {
            Frame frame = reader.next();
            if (frame == null) {
                return null;
            }
            Frame shown = filter.shown(frame);
            if (shown != null) {
                return shown;
            }
        }
        writer.signal(this);
        return null;
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
