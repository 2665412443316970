package dev.tokentape.gateway.http;

import dev.tokentape.gateway.http.ConnectionState.Answering;
import dev.tokentape.gateway.http.ConnectionState.Gone;
import dev.tokentape.gateway.http.ConnectionState.Lingering;
import dev.tokentape.gateway.http.ConnectionState.Receiving;
import dev.tokentape.gateway.http.ConnectionState.Streaming;
import dev.tokentape.gateway.http.ConnectionState.Waiting;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection: one request after the other, each answered before the next is looked at, however many the
 * client has sent ahead.
 *
 * <p>The socket is read on demand. While a request is answered or a stream goes out, one read stays open, so that a
 * client that leaves is noticed; if it brings a further request instead, that waits here (at most what one read held) and
 * nothing more is read.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
    private static final int LINGER_SECONDS = 2;

    private final Door door;
    private final Dispatch dispatch;
    private final @Nullable Problem overLimit;
    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();
    private final Deadline deadline = new Deadline(this::tooSlow);
    private ConnectionState state = new Waiting();
    private boolean draining;
    private boolean closing;
    private boolean headBegun;
    private @Nullable ChannelHandlerContext ownContext;

    /** @param overLimit what every request is refused with, if there are too many connections already */
    HttpConnection(Door door, @Nullable Problem overLimit) {
        this.door = door;
        this.dispatch = new Dispatch(door);
        this.overLimit = overLimit;
        this.closing = overLimit != null;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ownContext = context;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        awaitRequest();
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        pending.add((HttpObject) message);
        drain();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readMore();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!context.channel().isWritable()) {
            return;
        }
        if (state instanceof Streaming streaming) {
            streaming.stream().writable();
        } else {
            drain();
            readMore();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        become(new Gone());
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset by the peer and the like: the connection is of no use any more, and there is nobody to tell.
        log.debug("a connection broke", Wordless.of(cause));
        context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event != Closing.NOW) {
            context.fireUserEventTriggered(event);
            return;
        }
        closing = true;
        if (state instanceof Waiting && pending.isEmpty()) {
            context.close();
        } else if (state instanceof Streaming streaming) {
            state = new Streaming(streaming.stream(), false);
            streaming.stream().comeBack(Door.returnAfterMillis());
        }
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!pending.isEmpty() && takesMore()) {
                HttpObject next = pending.remove();
                try {
                    take(next);
                } finally {
                    ReferenceCountUtil.release(next);
                }
            }
        } finally {
            draining = false;
        }
    }

    private void readMore() {
        if (pending.isEmpty()) {
            context().read();
        }
    }

    private boolean takesMore() {
        return switch (state) {
            case Waiting _ -> context().channel().isWritable();
            case Receiving _, Lingering _, Gone _ -> true;
            case Answering _, Streaming _ -> false;
        };
    }

    private void take(HttpObject next) {
        if (state instanceof Lingering || state instanceof Gone) {
            return;
        }
        if (next.decoderResult().isFailure()) {
            refuse(DecodingProblems.of(next.decoderResult().cause()));
            return;
        }
        if (next instanceof HttpRequest head) {
            begin(head);
        }
        if (next instanceof HttpContent content && state instanceof Receiving receiving) {
            add(receiving, content);
        }
    }

    private void begin(HttpRequest head) {
        Router.Match match = dispatch.match(head);
        Problem refusal = dispatch.refusalOf(head, match, overLimit);
        boolean hasBody = HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        if (refusal != null && (hasBody || head.protocolVersion().majorVersion() != 1)) {
            refuse(refusal, head, match);
            return;
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            context().writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        // The body has the time that a whole request has.
        deadline.start(context().executor(), door.config().idleTimeout());
        become(new Receiving(
                head,
                match,
                refusal,
                context().alloc().buffer(hasBody ? 1024 : 0),
                door.bodies().reservation()));
    }

    private void add(Receiving receiving, HttpContent content) {
        ByteBuf bytes = content.content();
        if (bytes.isReadable()) {
            if (receiving.body.readableBytes() + bytes.readableBytes()
                    > door.config().maxRequestBytes()) {
                refuse(dispatch.bodyTooLarge());
                return;
            }
            if (!receiving.memory.grow(bytes.readableBytes())) {
                refuse(Problem.overloaded("too many large requests are being read at once; come back later"));
                return;
            }
            receiving.body.writeBytes(bytes);
        }
        if (content instanceof LastHttpContent) {
            answer(receiving);
        }
    }

    private void answer(Receiving receiving) {
        HttpRequest head = receiving.head;
        byte[] body = ByteBufUtil.getBytes(receiving.body);
        // What was taken stays taken until the answer is there.
        Answering answering = new Answering(head, receiving.match.routeName(), receiving.handOver());
        become(answering);
        if (receiving.refusal != null) {
            finish(answering, HttpAnswer.of(receiving.refusal));
            return;
        }
        dispatch.answer(receiving.match, head, body, answering.memory(), context())
                .thenAccept(given -> {
                    if (context().executor().inEventLoop()) {
                        finish(answering, given);
                    } else {
                        context().executor().execute(() -> finish(answering, given));
                    }
                });
    }

    private void finish(Answering answering, HttpAnswer answer) {
        answering.memory().close();
        if (state != answering) {
            answer.discard();
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(answering.head()) && !closing;
        int status = switch (answer) {
            case HttpAnswer.Whole whole -> {
                writeWhole(whole, answering.head(), keepAlive, false);
                yield whole.status();
            }
            case HttpAnswer.Events events -> {
                stream(events, answering.head(), keepAlive);
                yield 200;
            }
            case HttpAnswer.Upgrade upgrade -> {
                upgrade(upgrade);
                yield 101;
            }
        };
        door.count(answering.head().method().name(), answering.template(), status);
    }

    /** Answers what has come of a request so far, and lets go of the connection. */
    private void refuse(Problem problem) {
        if (state instanceof Receiving receiving) {
            refuse(problem, receiving.head, receiving.match);
        } else {
            refuse(problem, null, null);
        }
    }

    private void refuse(Problem problem, @Nullable HttpRequest head, Router.@Nullable Match match) {
        become(new Lingering());
        door.count(
                head == null ? Door.NO_METHOD : head.method().name(),
                match == null ? Router.NO_ROUTE : match.routeName(),
                problem.status());
        writeWhole(HttpAnswer.of(problem), head, false, true);
    }

    private void writeWhole(HttpAnswer.Whole given, @Nullable HttpRequest head, boolean keepAlive, boolean linger) {
        HttpAnswer.Whole answer =
                overLimit != null && head != null && Overload.wantsEvents(head) ? Overload.comeBack() : given;
        var writing = context().writeAndFlush(HttpWriting.whole(answer, head, keepAlive, door));
        if (linger) {
            writing.addListener(_ -> linger());
        } else if (keepAlive) {
            awaitRequest();
            drain();
            readMore();
        } else {
            become(new Gone());
            writing.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void stream(HttpAnswer.Events events, HttpRequest head, boolean keepAlive) {
        boolean chunked = HttpWriting.chunked(head);
        context().write(HttpWriting.streamHead(events, head, keepAlive && chunked, door));
        become(new Streaming(events.stream(), keepAlive && chunked));
        events.stream().start(this::streamEnded);
    }

    private void streamEnded() {
        if (!(state instanceof Streaming streaming)) {
            return;
        }
        var writing = context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        if (streaming.keepAlive() && !closing) {
            awaitRequest();
            drain();
            readMore();
        } else {
            become(new Gone());
            writing.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void upgrade(HttpAnswer.Upgrade upgrade) {
        context().writeAndFlush(HttpWriting.upgrade(upgrade, door));
        become(new Gone());
        if (!pending.isEmpty()) {
            // The client spoke the new protocol before it was agreed upon; its bytes went through the wrong decoder.
            context().close();
            return;
        }
        var pipeline = context().pipeline();
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        upgrade.install().accept(codec);
        pipeline.remove(HeadTimer.class);
        pipeline.remove(this);
        pipeline.remove(HttpServerCodec.class);
        codec.channel().config().setAutoRead(true);
    }

    private void linger() {
        var channel = context().channel();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        drain();
        readMore();
    }

    private void awaitRequest() {
        become(new Waiting());
        headBegun = false;
        deadline.start(context().executor(), door.config().idleTimeout());
    }

    /**
     * Bytes are here that may be a request's first: its head has to be whole soon.
     *
     * @return whether they are to be decoded
     */
    boolean takesBytes(ByteBuf bytes) {
        if (state instanceof Waiting && !headBegun) {
            headBegun = true;
            if (bytes.isReadable() && bytes.getUnsignedByte(bytes.readerIndex()) == TlsDoor.HANDSHAKE) {
                // Decoded as HTTP it would be waited on for the rest of a line.
                refuse(DecodingProblems.tls());
                return false;
            }
            Duration idle = door.config().idleTimeout();
            Duration header = door.config().headerTimeout();
            deadline.start(context().executor(), header.compareTo(idle) < 0 ? header : idle);
        }
        return true;
    }

    private void tooSlow(Duration time) {
        if (state instanceof Receiving || (state instanceof Waiting && headBegun)) {
            refuse(new Problem(
                    "request-timeout",
                    "The request took too long to arrive",
                    408,
                    "the request did not arrive within %s; send it at once".formatted(time)));
        } else if (state instanceof Waiting) {
            context().close();
        }
    }

    /** Leaves the state, giving back what it holds, and enters the next. */
    private void become(ConnectionState next) {
        switch (state) {
            case Receiving receiving -> {
                receiving.release();
            }
            case Streaming streaming -> {
                if (!(next instanceof Streaming)) {
                    streaming.stream().close();
                }
            }
            case Waiting _, Answering _, Lingering _, Gone _ -> {}
        }
        if (!(next instanceof Receiving)) {
            deadline.stop();
        }
        state = next;
    }

    private ChannelHandlerContext context() {
        return java.util.Objects.requireNonNull(ownContext);
    }
}
