package dev.tokentape.gateway.sse;

import dev.tokentape.gateway.stream.FrameFilter;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.gateway.stream.StreamWriter;
import dev.tokentape.gateway.stream.Subscription;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Tape;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One answer as server-sent events: a reader, held until the answer's head is written, then written as it comes.
 * Belongs to its connection's event loop.
 */
public final class SseStream {

    /**
     * The first bytes of every stream: asks clients to come back a second after a break, with the place where the
     * stream begins, in case it breaks before the first event.
     */
    private static String preface(@Nullable String cursor) {
        return cursor == null ? "retry: 1000\n\n" : "retry: 1000\nid: " + cursor + "\n\n";
    }

    private final ChannelHandlerContext codec;
    private final SseEncoder encoder;
    private final StreamWriter writer;
    private final StreamHeartbeat heartbeat;
    private final Subscription subscription;
    private @Nullable Future<?> ticks;
    private @Nullable Runnable onEnd;
    private Runnable onStart = () -> {};
    private Runnable onClose = () -> {};
    private boolean closed;

    /**
     * @param codec the connection's HTTP codec; events are written from there, past it
     * @param chunked whether the answer goes out in chunks
     * @param filter what of it is shown
     * @param onSignal run on every wake-up until {@link #start}
     * @throws InvalidCursorException if the request's cursor is not one of ours
     */
    public SseStream(
            ChannelHandlerContext codec,
            boolean chunked,
            StreamMeters meters,
            StreamHeartbeat heartbeat,
            Tape tape,
            ReadRequest request,
            FrameFilter filter,
            Runnable onSignal) {
        this.codec = codec;
        this.encoder = new SseEncoder(chunked);
        this.heartbeat = heartbeat;
        this.writer = new StreamWriter(codec, encoder, meters, _ -> end());
        writer.hold(onSignal);
        this.subscription = writer.subscribe(tape, request, filter);
    }

    /** Runs a task when the stream is closed. */
    public void onClose(Runnable task) {
        onClose = task;
    }

    /** Runs a task when the stream has begun to flow. To be called before. */
    public void onStart(Runnable task) {
        onStart = task;
    }

    /** How long it is silent at most. */
    public StreamHeartbeat heartbeat() {
        return heartbeat;
    }

    public Subscription subscription() {
        return subscription;
    }

    /** Writes the first bytes and then events, now that the answer's head is out. */
    public void start(Runnable whenEnded) {
        onEnd = whenEnded;
        write(preface(subscription.startCursor()));
        long interval = heartbeat.interval().toNanos();
        ticks = codec.channel()
                .eventLoop()
                .scheduleWithFixedDelay(() -> writer.tick(heartbeat), interval, interval, TimeUnit.NANOSECONDS);
        writer.release();
        onStart.run();
    }

    /** Says something that is no event: it has no cursor. @param json one line */
    public void say(String json) {
        if (!closed) {
            write("data: " + json + "\n\n");
        }
    }

    /** The socket takes more again. */
    public void writable() {
        writer.writable();
    }

    /** Ends the stream from here: the client comes back after that many milliseconds, with its cursor. */
    public void comeBack(long afterMillis) {
        if (!closed) {
            write("retry: " + afterMillis + "\n\n");
            end();
        }
    }

    /** Forgets the reader. Idempotent. */
    public void close() {
        closed = true;
        if (ticks != null) {
            ticks.cancel(false);
        }
        writer.close();
        onClose.run();
    }

    private void end() {
        close();
        if (onEnd != null) {
            onEnd.run();
        }
    }

    private void write(String lines) {
        ByteBuf batch = codec.alloc().buffer(64);
        encoder.begin(batch);
        encoder.lines(lines, batch);
        encoder.end(batch);
        codec.writeAndFlush(batch, codec.voidPromise());
    }
}
