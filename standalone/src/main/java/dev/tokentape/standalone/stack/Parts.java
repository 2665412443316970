package dev.tokentape.standalone.stack;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Running parts, closed in the reverse order of their start. Closing may happen while others still start. */
final class Parts implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private record Part(String name, AutoCloseable running) {}

    private final Deque<Part> running = new ArrayDeque<>();
    private boolean closing;

    /** Keeps a part that has just started; closes it at once if all are being closed. */
    <T extends AutoCloseable> T add(String name, T part) {
        synchronized (this) {
            if (!closing) {
                running.push(new Part(name, part));
                return part;
            }
        }
        close(new Part(name, part));
        throw new IllegalStateException("closed while " + name + " was starting");
    }

    /** Closes all; a part that fails to close is logged and does not keep the others from it. */
    @Override
    public void close() {
        while (true) {
            Part next;
            synchronized (this) {
                closing = true;
                next = running.poll();
            }
            if (next == null) {
                return;
            }
            close(next);
        }
    }

    private static void close(Part part) {
        try {
            part.running.close();
        } catch (Exception e) {
            log.warn("the {} did not close cleanly", part.name, e);
        }
    }
}
