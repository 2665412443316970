package dev.tokentape.gateway.http;

import dev.tokentape.gateway.http.ConnectionLife.State;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection's handler: one request after the other, each answered before the next is looked at, however
 * many the client has sent ahead. Its states, and who does what, are in {@link ConnectionLife}.
 *
 * <p>The socket is read on demand. While a request is answered or a stream goes out, one read stays open, so that a
 * client that leaves is noticed; if it brings a further request instead, that waits here and nothing more is read.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    private final Door door;
    private final Dispatch dispatch;
    private final ReadAhead readAhead = new ReadAhead();
    private final ConnectionLife life;
    private @Nullable ChannelHandlerContext ownContext;

    /** @param overLimit what every request is refused with, if there are too many connections already */
    HttpConnection(Door door, @Nullable Problem overLimit) {
        this.door = door;
        this.dispatch = new Dispatch(door, overLimit);
        this.life = new ConnectionLife(door.config(), overLimit != null, this::tooSlow);
    }

    State state() {
        return life.state();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ownContext = context;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        life.opened(context.executor());
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        readAhead.add((HttpObject) message);
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
        if (life.state() instanceof State.Streaming streaming) {
            streaming.stream().writable();
        } else {
            goOn();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        life.goes();
        readAhead.clear();
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
        life.endsSoon();
        switch (life.state()) {
            case State.Waiting _, State.Arriving _ -> {
                if (readAhead.isEmpty()) {
                    context.close();
                }
            }
            case State.Streaming streaming -> streaming.stream().comeBack(Door.returnAfterMillis());
            case State.Receiving _, State.Answering _, State.Lingering _, State.Gone _ -> {}
        }
    }

    /**
     * Bytes are here that may be a request's first.
     *
     * @return whether they are to be decoded
     */
    boolean takesBytes(ByteBuf bytes) {
        if (life.state() instanceof State.Waiting) {
            life.headBegins();
            if (bytes.isReadable() && bytes.getUnsignedByte(bytes.readerIndex()) == TlsDoor.HANDSHAKE) {
                // Decoded as HTTP it would be waited on for the rest of a line.
                refuse(RequestProblems.tls());
                return false;
            }
        }
        return true;
    }

    private void tooSlow(Duration time) {
        switch (life.state()) {
            case State.Waiting _ -> context().close();
            case State.Arriving _, State.Receiving _ -> refuse(RequestProblems.tooSlow(time));
            case State.Answering _, State.Streaming _, State.Lingering _, State.Gone _ -> {}
        }
    }

    private void goOn() {
        drain();
        readMore();
    }

    private void drain() {
        readAhead.drain(this::takesMore, this::take);
    }

    private void readMore() {
        if (readAhead.isEmpty()) {
            context().read();
        }
    }

    private boolean takesMore() {
        return switch (life.state()) {
            case State.Waiting _, State.Arriving _ -> context().channel().isWritable();
            case State.Receiving _, State.Lingering _, State.Gone _ -> true;
            case State.Answering _, State.Streaming _ -> false;
        };
    }

    private void take(HttpObject next) {
        if (life.state() instanceof State.Lingering || life.state() instanceof State.Gone) {
            return;
        }
        if (next.decoderResult().isFailure()) {
            refuse(RequestProblems.of(next.decoderResult().cause()));
            return;
        }
        if (next instanceof HttpRequest head) {
            begin(head);
        }
        if (next instanceof HttpContent content && life.state() instanceof State.Receiving receiving) {
            add(receiving, content);
        }
    }

    private void begin(HttpRequest head) {
        Router.Match match = dispatch.match(head);
        Problem refusal = dispatch.refusalOf(head, match);
        boolean hasBody = HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
        if (refusal != null && (hasBody || head.protocolVersion().majorVersion() != 1)) {
            refuse(refusal, head, match);
            return;
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            context().writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        ByteBuf body = context().alloc().buffer(hasBody ? 1024 : 0);
        life.receives(head, match, refusal, body, door.bodies().reservation());
    }

    private void add(State.Receiving receiving, HttpContent content) {
        Problem problem = dispatch.take(receiving, content.content());
        if (problem != null) {
            refuse(problem);
        } else if (content instanceof LastHttpContent) {
            answer(receiving);
        }
    }

    private void answer(State.Receiving receiving) {
        byte[] body = ByteBufUtil.getBytes(receiving.body());
        State.Answering answering = life.answers(receiving);
        if (receiving.refusal() != null) {
            finish(answering, HttpAnswer.of(receiving.refusal()));
            return;
        }
        dispatch.answer(answering.match(), answering.head(), body, answering.memory(), context())
                .thenAccept(given -> {
                    if (context().executor().inEventLoop()) {
                        finish(answering, given);
                    } else {
                        context().executor().execute(() -> finish(answering, given));
                    }
                });
    }

    private void finish(State.Answering answering, HttpAnswer answer) {
        answering.memory().close();
        if (life.state() != answering) {
            answer.discard();
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(answering.head()) && !life.isLast();
        int status = switch (answer) {
            case HttpAnswer.Whole whole -> {
                after(writeWhole(whole, answering.head(), keepAlive), keepAlive);
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
        door.count(answering.head(), answering.match(), status);
    }

    /** Answers what has come of a request so far, as the connection's last answer. */
    private void refuse(Problem problem) {
        if (life.state() instanceof State.Receiving receiving) {
            refuse(problem, receiving.head(), receiving.match());
        } else {
            refuse(problem, null, null);
        }
    }

    private void refuse(Problem problem, @Nullable HttpRequest head, Router.@Nullable Match match) {
        life.lingers();
        door.count(head, match, problem.status());
        writeWhole(HttpAnswer.of(problem), head, false).addListener(_ -> linger());
    }

    private ChannelFuture writeWhole(HttpAnswer.Whole given, @Nullable HttpRequest head, boolean keepAlive) {
        return context().writeAndFlush(HttpWriting.whole(dispatch.told(given, head), head, keepAlive, door));
    }

    private void stream(HttpAnswer.Events events, HttpRequest head, boolean keepAlive) {
        boolean chunked = HttpWriting.chunked(head);
        context().write(HttpWriting.streamHead(events, head, keepAlive && chunked, door));
        life.streams(events.stream(), keepAlive && chunked);
        events.stream().start(this::streamEnded);
    }

    private void streamEnded() {
        if (life.state() instanceof State.Streaming streaming) {
            after(context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), streaming.keepAlive() && !life.isLast());
        }
    }

    /** An answer is written to its end. */
    private void after(ChannelFuture written, boolean keepAlive) {
        if (keepAlive) {
            life.waits();
            goOn();
        } else {
            life.goes();
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void upgrade(HttpAnswer.Upgrade upgrade) {
        context().writeAndFlush(HttpWriting.upgrade(upgrade, door));
        life.goes();
        if (readAhead.isEmpty()) {
            Leaving.toAnotherProtocol(context().pipeline(), upgrade);
        } else {
            // The client spoke the new protocol before it was agreed upon; its bytes went through the wrong decoder.
            context().close();
        }
    }

    private void linger() {
        Leaving.halfway(context().channel());
        goOn();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(ownContext);
    }
}
