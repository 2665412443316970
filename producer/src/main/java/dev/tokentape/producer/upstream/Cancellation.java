package dev.tokentape.producer.upstream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Whether an answer has been cancelled, and the way to wait for something else without missing it. Thread-safe. */
final class Cancellation {

    /** What ended a wait. */
    enum Waited {
        GRANTED,
        LATE,
        CANCELLED
    }

    private final CompletableFuture<String> cancelled = new CompletableFuture<>();

    /** The first reason counts. */
    void cancel(String reason) {
        cancelled.complete(reason);
    }

    /** Null while nobody has cancelled. */
    @Nullable
    String reason() {
        return cancelled.getNow(null);
    }

    /** @return false if cancelled meanwhile */
    boolean pause(Duration time) throws InterruptedException {
        return await(new CompletableFuture<>(), time) == Waited.LATE;
    }

    Waited await(CompletableFuture<?> grant, Duration atMost) throws InterruptedException {
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
