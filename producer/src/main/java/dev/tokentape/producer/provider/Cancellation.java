package dev.tokentape.producer.provider;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run has been cancelled, and why: what it has open is closed then, and who waits for something else wakes
 * up. One for a run and all its calls. Any thread, any time; only the first cancel counts.
 */
public final class Cancellation {

    /** What ended a wait. */
    public enum Waited {
        GRANTED,
        LATE,
        CANCELLED
    }

    /** Something that is open. */
    public interface Open extends AutoCloseable {
        /** It has ended by itself: a cancel has nothing to close any more. */
        @Override
        void close();
    }

    private final CompletableFuture<String> cancelled = new CompletableFuture<>();

    /** Closes what is open, on this thread. */
    public void cancel(String reason) {
        cancelled.complete(reason);
    }

    /** Null while nobody has cancelled. */
    public @Nullable String reason() {
        return cancelled.getNow(null);
    }

    /**
     * Lets a cancel close what is open from now on.
     *
     * @param close called once at most, at once where somebody has cancelled before; maybe while it ends by itself;
     *     never blocks
     */
    public Open closing(Runnable close) {
        CompletableFuture<Void> closed = cancelled.thenRun(close);
        return () -> closed.cancel(false);
    }

    /** @return false if cancelled meanwhile */
    public boolean pause(Duration time) throws InterruptedException {
        return await(new CompletableFuture<>(), time) == Waited.LATE;
    }

    public Waited await(CompletableFuture<?> grant, Duration atMost) throws InterruptedException {
        try {
            CompletableFuture.anyOf(grant, cancelled).get(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return cancelled.isDone() ? Waited.CANCELLED : Waited.LATE;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a place that cannot be granted", e);
        }
        return cancelled.isDone() ? Waited.CANCELLED : Waited.GRANTED;
    }
}
