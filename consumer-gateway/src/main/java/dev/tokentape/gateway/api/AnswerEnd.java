package dev.tokentape.gateway.api;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Waits for an answer's end by reading it and keeping nothing. Belongs to one event loop. */
final class AnswerEnd {

    private static final int FRAMES_PER_TURN = 256;

    private final EventExecutor loop;
    private final AtomicBoolean turnDue = new AtomicBoolean();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final Reader reader;

    /** Starts to read, from a place that is fixed when this returns. */
    AnswerEnd(Tape tape, ReadRequest request, EventExecutor loop) {
        this.loop = loop;
        this.reader = tape.read(request, loop, this::requestTurn);
        ended.whenComplete((_, _) -> loop.execute(reader::close));
        requestTurn();
    }

    /** True when the answer has ended; false if the time ran out first. */
    CompletableFuture<Boolean> within(Duration limit) {
        var timer = loop.schedule(() -> ended.complete(false), limit.toNanos(), TimeUnit.NANOSECONDS);
        return ended.whenComplete((_, _) -> timer.cancel(false));
    }

    CompletableFuture<Boolean> ended() {
        return ended;
    }

    /** Gives up. */
    void close() {
        ended.complete(false);
    }

    private void requestTurn() {
        if (turnDue.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    private void turn() {
        turnDue.set(false);
        for (int i = 0; i < FRAMES_PER_TURN; i++) {
            if (ended.isDone()) {
                return;
            }
            Frame frame = reader.next();
            if (frame == null) {
                if (reader.ended()) {
                    ended.complete(true);
                }
                return;
            }
        }
        requestTurn();
    }
}
