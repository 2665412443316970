package dev.tokentape.gateway.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tokentape.gateway.stream.FrameFilter;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The next events after a cursor, as one JSON document: for those who can hold no stream. Completes with what is there;
 * if nothing is, with the first that comes, or empty when the time is up; where it may linger, with what comes in a
 * while after that, but never beyond the end of an answer. Belongs to one event loop.
 *
 * <p>The events stand in it as they were encoded for everybody; the page holds at most {@value #MOST_BYTES} bytes of
 * them, and one event more.
 */
final class EventPage {

    static final int MOST_BYTES = 1024 * 1024;

    private static final int FRAMES_PER_TURN = 1_000;
    private static final byte[] BEGIN = "{\"events\":[".getBytes(US_ASCII);
    private static final byte[] NEXT = "],\"next\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);

    private final EventExecutor loop;
    private final FrameFilter filter;
    private final int limit;
    private final Duration linger;
    private final AtomicBoolean turnDue = new AtomicBoolean();
    private final CompletableFuture<Boolean> filled = new CompletableFuture<>();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream(1024);
    private final Reader reader;
    private int count;
    private boolean answerEnded;
    private boolean lingers;

    /**
     * Starts to read, from a place that is fixed when this returns.
     *
     * @param limit most events of the page
     * @param linger how long it may wait for more after its first event
     */
    EventPage(Tape tape, ReadRequest request, FrameFilter filter, EventExecutor loop, int limit, Duration linger) {
        this.loop = loop;
        this.filter = filter;
        this.limit = limit;
        this.linger = linger;
        this.reader = tape.read(request, loop, this::requestTurn);
        filled.whenComplete((_, _) -> loop.execute(reader::close));
        requestTurn();
    }

    /** Whether all that there is now is at hand, so that an empty page is no wrong one. */
    boolean atHand() {
        return reader.atHand();
    }

    /** True when there are events, or will never be any more; false when the time ran out first. */
    CompletableFuture<Boolean> within(Duration time) {
        var timer = loop.schedule(() -> filled.complete(count > 0), time.toNanos(), TimeUnit.NANOSECONDS);
        return filled.whenComplete((_, _) -> timer.cancel(false));
    }

    /** Gives up. */
    void close() {
        filled.complete(false);
    }

    /** The document, once it is filled or given up. */
    byte[] json() {
        ByteArrayOutputStream page = new ByteArrayOutputStream(events.size() + 256);
        page.writeBytes(BEGIN);
        page.writeBytes(events.toByteArray());
        page.writeBytes(NEXT);
        page.writeBytes(reader.cursor().getBytes(US_ASCII));
        page.writeBytes(END);
        return page.toByteArray();
    }

    private void requestTurn() {
        if (turnDue.compareAndSet(false, true)) {
            loop.execute(this::turn);
        }
    }

    private void turn() {
        turnDue.set(false);
        if (filled.isDone()) {
            return;
        }
        int read = 0;
        while (count < limit && events.size() < MOST_BYTES) {
            if (read++ >= FRAMES_PER_TURN) {
                requestTurn();
                return;
            }
            Frame frame = reader.next();
            if (frame == null) {
                break;
            }
            Frame shown = filter.shown(frame);
            if (shown == null) {
                continue;
            }
            if (count > 0) {
                events.write(',');
            }
            events.writeBytes(shown.json());
            count++;
            answerEnded |= shown.terminal();
        }
        boolean full = count >= limit || events.size() >= MOST_BYTES;
        if (full || answerEnded || reader.ended() || (count > 0 && linger.isZero())) {
            filled.complete(true);
        } else if (count > 0 && !lingers) {
            lingers = true;
            var timer = loop.schedule(() -> filled.complete(true), linger.toNanos(), TimeUnit.NANOSECONDS);
            filled.whenComplete((_, _) -> timer.cancel(false));
        }
    }
}
