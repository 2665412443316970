package dev.tokentape.schemas.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been opened, closed in the reverse order; a step that fails does not keep the others open. Any thread may
 * close, also while another still opens.
 */
public final class CloseStack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CloseStack.class);

    private record Step(String name, AutoCloseable close) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private boolean closed;

    /**
     * Keeps what was just opened.
     *
     * @param name of what is closed, for the log
     * @throws IllegalStateException if all was closed meanwhile; what came too late is closed at once
     */
    public <T extends AutoCloseable> T push(String name, T opened) {
        Step step = new Step(name, opened);
        synchronized (this) {
            if (!closed) {
                steps.push(step);
                return opened;
            }
        }
        close(step);
        throw new IllegalStateException("closed while " + name + " was starting");
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Closes what is still open; the second call finds nothing. */
    @Override
    public void close() {
        boolean interrupted = false;
        for (Step step = next(); step != null; step = next()) {
            interrupted |= close(step);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Step next() {
        closed = true;
        return steps.poll();
    }

    /** @return whether it was interrupted */
    private static boolean close(Step step) {
        try {
            step.close().close();
        } catch (InterruptedException e) {
            log.atWarn()
                    .addKeyValue("part", step.name())
                    .setCause(e)
                    .log("interrupted while closing a part; going on with the rest");
            return true;
        } catch (Exception e) {
            log.atWarn().addKeyValue("part", step.name()).setCause(e).log("closing a part failed");
        }
        return false;
    }
}
