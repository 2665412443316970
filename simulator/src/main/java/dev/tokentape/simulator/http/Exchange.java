package dev.tokentape.simulator.http;

import dev.tokentape.simulator.answer.Act;
import dev.tokentape.simulator.answer.Pace;
import dev.tokentape.simulator.answer.Performance;
import dev.tokentape.simulator.api.ErrorReply;
import dev.tokentape.simulator.log.CallEntry;
import dev.tokentape.simulator.log.SimulatedCall.Outcome;
import dev.tokentape.simulator.settings.Fault;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call being answered: plays a performance at its pace, on the connection's event loop only.
 *
 * <p>Nothing is made ahead: while the channel is not writable the performance rests, and goes on when it is writable
 * again. So a reader who does not read costs the write buffer's high-water mark and the kernel's send buffer, not the
 * answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the connection, which is seen as its end.
final class Exchange {

    /** Who answers, so that nobody takes it for the vendor. */
    private static final String SERVER = "tokentape-simulator";

    /**
     * Timers of all calls go off together on this grid, at most so much late. Between ticks the event loop sleeps; with
     * thousands of timers spread evenly it would wake for each.
     */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long KEEP_ALIVE_MILLIS = 1000;

    private final ChannelHandlerContext context;
    private final CallEntry entry;
    private final boolean keepAlive;
    private final Runnable over;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ScheduledFuture<?> keepAliveTimer;
    private byte[] keepAliveBytes = {};
    private @Nullable Playing playing;
    private boolean ended;

    /** @param over called once, when the connection is free for the next call */
    Exchange(ChannelHandlerContext context, CallEntry entry, boolean keepAlive, Runnable over) {
        this.context = context;
        this.entry = entry;
        this.keepAlive = keepAlive;
        this.over = over;
    }

    CallEntry entry() {
        return entry;
    }

    /** Does something after a delay, unless the connection is closed before. */
    void after(long millis, Runnable action) {
        afterNanos(TimeUnit.MILLISECONDS.toNanos(millis), action);
    }

    private void afterNanos(long nanos, Runnable action) {
        if (nanos <= 0) {
            action.run();
        } else {
            long now = System.nanoTime();
            long wake = Math.ceilDiv(now + nanos, TICK_NANOS) * TICK_NANOS;
            timer = context.executor().schedule(() -> attempt(action), wake - now, TimeUnit.NANOSECONDS);
        }
    }

    /** What fails in a timer would vanish in its future; the connection's handler shall see it. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException failed) {
            context.pipeline().fireExceptionCaught(failed);
        }
    }

    /** Answers with an HTTP error, and ends the call. */
    void reply(int status, String contentType, ErrorReply reply, Outcome outcome) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(reply.body()));
        head(response, contentType);
        reply.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setContentLength(response, reply.body().length);
        entry.status(status);
        entry.firstByte();
        ended = true;
        finish(response, outcome, keepAlive);
    }

    /**
     * Plays an answer.
     *
     * @param headFirst whether the response head is sent before the first token is there, as streams do
     * @param failure what to answer, with HTTP 500, if the answer fails before its head is sent
     */
    void play(
            Performance performance,
            Pace pace,
            long timeToFirstTokenMillis,
            String contentType,
            boolean headFirst,
            ErrorReply failure) {
        var player = new Playing(performance, pace, contentType, failure);
        playing = player;
        if (headFirst) {
            player.sendHead();
            context.flush();
            silenceBegins(player);
        }
        long now = System.nanoTime();
        pace.startAt(now + TimeUnit.MILLISECONDS.toNanos(timeToFirstTokenMillis));
        afterNanos(pace.due() - now, player::run);
    }

    /** What to send while there is silence: with the head, and then each second, until there is a token or the end. */
    void keepAlive(byte[] bytes) {
        keepAliveBytes = bytes;
    }

    private void silenceBegins(Playing player) {
        if (keepAliveBytes.length > 0) {
            keepAliveTimer = context.executor()
                    .scheduleAtFixedRate(
                            () -> {
                                if (context.channel().isWritable()) {
                                    player.write(keepAliveBytes);
                                    context.flush();
                                }
                            },
                            0,
                            KEEP_ALIVE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void silenceEnds() {
        ScheduledFuture<?> running = keepAliveTimer;
        if (running != null) {
            running.cancel(false);
            keepAliveTimer = null;
        }
    }

    void writabilityChanged() {
        Playing player = playing;
        if (player != null && player.resting && context.channel().isWritable()) {
            player.resting = false;
            // Not from within the flush which made the channel writable.
            context.executor()
                    .execute(() -> attempt(() -> {
                        player.pace.resumeAt(System.nanoTime());
                        player.run();
                    }));
        }
    }

    /** The connection is gone. */
    void closed(boolean byUs) {
        ended = true;
        silenceEnds();
        if (timer != null) {
            timer.cancel(false);
        }
        if (byUs) {
            entry.end(Outcome.SHUT_DOWN);
        } else {
            entry.clientClosed();
        }
    }

    private void head(HttpResponse response, String contentType) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.SERVER, SERVER)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set("x-request-id", "req_sim%06d".formatted(entry.id()))
                .set("request-id", "req_sim%06d".formatted(entry.id()));
        HttpUtil.setKeepAlive(response, keepAlive);
    }

    private void finish(Object last, Outcome outcome, boolean stays) {
        // Noted before the last bytes leave, so that who has read them finds the call ended; taken back if they do not.
        entry.end(outcome);
        context.writeAndFlush(last).addListener((ChannelFutureListener) sent -> {
            if (!sent.isSuccess()) {
                entry.lastBytesLost();
            }
            if (stays && sent.isSuccess()) {
                over.run();
            } else {
                context.close();
            }
        });
    }

    /** The performance under way. */
    private final class Playing {

        private final Performance performance;
        private final Pace pace;
        private final String contentType;
        private final ErrorReply failure;
        private Act.@Nullable Send waiting;
        private boolean headSent;
        private boolean resting;
        private boolean fatal;

        Playing(Performance performance, Pace pace, String contentType, ErrorReply failure) {
            this.performance = performance;
            this.pace = pace;
            this.contentType = contentType;
            this.failure = failure;
        }

        void run() {
            while (!ended) {
                if (!context.channel().isWritable()) {
                    resting = true;
                    break;
                }
                Act.Send send = waiting;
                Act act = send != null ? send : performance.next();
                if (act instanceof Act.Send next && next.beat()) {
                    long wait = pace.due() - System.nanoTime();
                    if (wait > 0) {
                        waiting = next;
                        afterNanos(wait, this::run);
                        break;
                    }
                    pace.advance();
                }
                waiting = null;
                perform(act);
            }
            context.flush();
        }

        private void perform(Act act) {
            silenceEnds();
            switch (act) {
                case Act.Send send -> {
                    write(send.bytes());
                    if (send.token()) {
                        entry.token();
                    }
                }
                case Act.Struck struck -> {
                    entry.struckBy(struck.fault());
                    fatal = !(struck.fault() instanceof Fault.Malformed);
                }
                case Act.Stall ignored -> {
                    sendHead();
                    ended = true;
                    silenceBegins(this);
                }
                case Act.Fail fail -> fail(fail);
                case Act.BreakOff off -> breakOff(off);
                case Act.End ignored -> {
                    sendHead();
                    ended = true;
                    finish(
                            LastHttpContent.EMPTY_LAST_CONTENT,
                            fatal ? Outcome.FAULT : Outcome.COMPLETED,
                            keepAlive && !fatal);
                }
            }
        }

        private void fail(Act.Fail fail) {
            if (headSent) {
                write(fail.event());
                ended = true;
                finish(LastHttpContent.EMPTY_LAST_CONTENT, Outcome.FAULT, keepAlive);
            } else {
                reply(500, "application/json", failure, Outcome.FAULT);
            }
        }

        private void breakOff(Act.BreakOff off) {
            sendHead();
            write(off.bytes());
            ended = true;
            entry.end(Outcome.FAULT);
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (off.reset()) {
                    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                }
                context.close();
            });
        }

        private void write(byte[] bytes) {
            if (bytes.length > 0) {
                sendHead();
                entry.firstByte();
                context.write(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)), context.voidPromise());
            }
        }

        private void sendHead() {
            if (!headSent) {
                headSent = true;
                var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                head(response, contentType);
                HttpUtil.setTransferEncodingChunked(response, true);
                entry.status(200);
                context.write(response, context.voidPromise());
            }
        }
    }
}
