package dev.tokentape.gateway.tape.wake;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader that can be woken. It arms itself, looks once more, and only then rests: so whatever comes after that look
 * finds it armed. Waking disarms, so that many arrivals wake it once.
 */
public final class Waiter {

    private static final Logger LOG = LoggerFactory.getLogger(Waiter.class);

    private final Executor loop;
    private final Runnable wakeUp;
    private final AtomicBoolean armed = new AtomicBoolean();

    public Waiter(Executor loop, Runnable wakeUp) {
        this.loop = loop;
        this.wakeUp = wakeUp;
    }

    Executor loop() {
        return loop;
    }

    public void arm() {
        armed.set(true);
    }

    public void disarm() {
        armed.set(false);
    }

    boolean armed() {
        return armed.get();
    }

    /** Wakes it on its loop, if it rests. */
    public void wake() {
        if (armed.get()) {
            try {
                loop.execute(this::fire);
            } catch (RejectedExecutionException e) {
                LOG.debug("a reader's loop takes no more work: it is closing", e);
            }
        }
    }

    /** Wakes it here and now, if it rests; to be called on its loop. */
    void fire() {
        if (armed.compareAndSet(true, false)) {
            try {
                wakeUp.run();
            } catch (RuntimeException e) {
                LOG.warn("a reader's wake-up failed", e);
            }
        }
    }
}
