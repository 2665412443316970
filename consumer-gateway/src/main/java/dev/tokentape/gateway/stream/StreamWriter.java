package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write loop of one connection: while the socket takes more and a reader is behind, the next frame; then one flush.
 *
 * <p>There is no queue of events here. A connection that does not read stops being writable, and its readers are simply
 * not asked; when it drains they go on from where they stand. Several readers of one connection take turns, frame by
 * frame. One run of the loop (a <i>turn</i>) gathers at most {@link #TURN_BYTES} (and the frame that passes it) into
 * one buffer, writes and flushes once, and if more is there, lines up again behind the other connections of its event
 * loop.
 *
 * <p>Wake-ups come from any thread. Each marks its subscription and asks for a turn, at most once until that turn runs:
 * the turn clears the marks <i>before</i> it reads, so that an event appended during the read brings another turn and
 * is never slept through. Everything but {@link #signal} runs on the connection's event loop.
 */
public final class StreamWriter {

    /** Bytes after which a turn yields to other connections. */
    public static final int TURN_BYTES = 32 * 1024;

    /** The gateway's keep-alive intervals after which a connection that takes nothing is given up. */
    static final int STALLED_KEEP_ALIVES = 8;

    private static final Logger log = LoggerFactory.getLogger(StreamWriter.class);
    private static final int SMALL_BATCH = 1024;

    private final ChannelHandlerContext context;
    private final Channel channel;
    private final FrameEncoder encoder;
    private final StreamMeters meters;
    private final Consumer<Subscription> onEnded;

    private final Queue<Subscription> signals = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean turnDue = new AtomicBoolean();
    private final ArrayDeque<Subscription> behind = new ArrayDeque<>();
    private final Set<Subscription> subscriptions = new HashSet<>();
    private @Nullable Runnable held;
    private boolean quiet = true;
    private boolean closed;
    private int stalledTicks;

    /**
     * @param context batches are written from here towards the socket, past the handlers that come after it
     * @param onEnded told when a subscription has been read to its end, after its last batch was written
     */
    public StreamWriter(
            ChannelHandlerContext context, FrameEncoder encoder, StreamMeters meters, Consumer<Subscription> onEnded) {
        this.context = context;
        this.channel = context.channel();
        this.encoder = encoder;
        this.meters = meters;
        this.onEnded = onEnded;
    }

    /**
     * Starts to read, from a place that is fixed when this returns.
     *
     * @param filter of its own for this subscription
     * @throws InvalidCursorException if the request's cursor is not one of ours
     */
    public Subscription subscribe(Tape tape, ReadRequest request, FrameFilter filter) {
        Subscription subscription = new Subscription(tape, request, filter, this);
        subscriptions.add(subscription);
        signal(subscription);
        return subscription;
    }

    public void unsubscribe(Subscription subscription) {
        subscriptions.remove(subscription);
        subscription.close();
    }

    public int subscriptions() {
        return subscriptions.size();
    }

    /** Writes nothing until {@link #release}; every turn that falls due meanwhile runs this instead. */
    public void hold(Runnable onSignal) {
        held = onSignal;
    }

    public void release() {
        held = null;
        subscriptions.forEach(this::signal);
    }

    /** To be called when the channel has become writable again. */
    public void writable() {
        stalledTicks = 0;
        if (!behind.isEmpty()) {
            requestTurn();
        }
    }

    /**
     * To be called once every interval of the heartbeat: writes a keep-alive if nothing was written since the last
     * time.
     *
     * @return whether it did
     */
    public boolean tick(StreamHeartbeat heartbeat) {
        if (closed || held != null) {
            return false;
        }
        if (!channel.isWritable()) {
            stalledTicks++;
            if (stalledTicks >= heartbeat.beats(STALLED_KEEP_ALIVES)) {
                log.atDebug()
                        .addKeyValue("intervals", STALLED_KEEP_ALIVES)
                        .log("closing a connection that takes nothing");
                channel.close();
            }
            return false;
        }
        stalledTicks = 0;
        boolean speak = quiet;
        if (speak) {
            ByteBuf batch = channel.alloc().buffer(SMALL_BATCH);
            encoder.begin(batch);
            encoder.keepAlive(subscriptions.size() == 1 ? movedCursorOfOnly() : null, batch);
            encoder.end(batch);
            context.writeAndFlush(batch, context.voidPromise());
        }
        quiet = true;
        return speak;
    }

    /** Forgets all readers. Idempotent. */
    public void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
        behind.clear();
    }

    /** Any thread: this subscription may have a next frame. */
    void signal(Subscription subscription) {
        if (subscription.signalled.compareAndSet(false, true)) {
            signals.add(subscription);
            requestTurn();
        }
    }

    EventExecutor loop() {
        return channel.eventLoop();
    }

    private void requestTurn() {
        if (turnDue.compareAndSet(false, true)) {
            channel.eventLoop().execute(this::turn);
        }
    }

    private void turn() {
        turnDue.set(false);
        for (Subscription s = signals.poll(); s != null; s = signals.poll()) {
            s.signalled.set(false);
            if (!s.behind) {
                s.behind = true;
                behind.add(s);
            }
        }
        if (closed) {
            return;
        }
        meters.turns().increment();
        if (held != null) {
            held.run();
        } else if (channel.isWritable()) {
            writeNext();
        }
    }

    private void writeNext() {
        List<Subscription> ended = new ArrayList<>(0);
        ByteBuf batch = null;
        try {
            while (!behind.isEmpty() && (batch == null || batch.readableBytes() < TURN_BYTES)) {
                Subscription next = behind.remove();
                Frame frame = next.isClosed() ? null : next.next();
                if (frame != null) {
                    batch = append(frame, batch);
                    behind.add(next);
                    continue;
                }
                next.behind = false;
                if (!next.isClosed() && next.ended()) {
                    ended.add(next);
                }
            }
        } catch (RuntimeException e) {
            log.error(
                    "a reader failed; its connection is closed, and the client may come back with its cursor",
                    Wordless.of(e));
            if (batch != null) {
                batch.release();
            }
            channel.close();
            return;
        }
        if (batch != null) {
            encoder.end(batch);
            quiet = false;
            meters.flushes().increment();
            meters.bytes().increment(batch.readableBytes());
            context.writeAndFlush(batch, context.voidPromise());
        }
        for (Subscription subscription : ended) {
            unsubscribe(subscription);
            onEnded.accept(subscription);
        }
        if (!behind.isEmpty() && channel.isWritable()) {
            requestTurn();
        }
    }

    private ByteBuf append(Frame frame, @Nullable ByteBuf open) {
        ByteBuf batch = open;
        if (batch == null) {
            batch = channel.alloc().buffer(Math.max(SMALL_BATCH, frame.json().length + encoder.overhead()));
            encoder.begin(batch);
        }
        encoder.event(frame, batch);
        meters.events().increment();
        return batch;
    }

    private @Nullable String movedCursorOfOnly() {
        Subscription only = subscriptions.iterator().next();
        return only.behind ? null : only.movedCursor();
    }
}
