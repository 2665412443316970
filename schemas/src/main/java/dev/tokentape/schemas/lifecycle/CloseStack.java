package dev.tokentape.schemas.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been opened, closed in the reverse order; a step that fails does not keep the others open. */
public final class CloseStack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CloseStack.class);

    private record Step(String name, AutoCloseable close) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param name of what is closed, for the log */
    public <T extends AutoCloseable> T push(String name, T opened) {
        steps.push(new Step(name, opened));
        return opened;
    }

    public boolean isClosed() {
        return closed.get();
    }

    /** The second call does nothing. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        boolean interrupted = false;
        for (Step step : steps) {
            try {
                step.close().close();
            } catch (InterruptedException e) {
                log.warn("interrupted while closing {}; going on with the rest", step.name(), e);
                interrupted = true;
            } catch (Exception e) {
                log.warn("closing {} failed", step.name(), e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
