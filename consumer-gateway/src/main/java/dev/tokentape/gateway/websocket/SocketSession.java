package dev.tokentape.gateway.websocket;

import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.command.Utf8;
import dev.tokentape.gateway.http.Closing;
import dev.tokentape.gateway.http.Reservation;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket as frames: joins fragments, answers pings, sends its own, and closes as RFC 6455 wants it. What the
 * messages mean is {@link SocketDialogue}'s matter.
 *
 * <p>While the client does not take what is written, nothing is read from it either, so that replies to a flood of
 * messages cannot pile up.
 */
final class SocketSession extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final Logger log = LoggerFactory.getLogger(SocketSession.class);
    /** Of the gateway's keep-alive intervals. */
    private static final int UNANSWERED_KEEP_ALIVES = 3;

    private static final int LAST_CODE = 4999;
    private static final int CLOSE_SECONDS = 2;

    /** A message of which more may come. */
    private record Fragments(Reservation memory, ByteArrayOutputStream bytes) {
        Fragments(Reservation memory, int length) {
            this(memory, new ByteArrayOutputStream(length));
        }
    }

    private final SocketServices services;
    private final StreamHeartbeat heartbeat;
    private final Grant grant;
    private final String client;
    private final FrameBytes frameBytes;
    private @Nullable ChannelHandlerContext ownContext;
    private @Nullable SocketDialogue dialogue;
    private @Nullable Fragments fragments;
    private @Nullable Future<?> ticks;
    private int unansweredPings;
    private boolean closing;

    /** @param client who is counted together where there is a limit for each client */
    SocketSession(SocketServices services, StreamHeartbeat heartbeat, Grant grant, String client) {
        this.services = services;
        this.heartbeat = heartbeat;
        this.grant = grant;
        this.client = client;
        this.frameBytes = new FrameBytes(services.bodies().reservation(), this::noRoom);
    }

    /** Adds what a socket's channel needs, at the end: from bytes to frames and back, and this. */
    void install(ChannelPipeline pipeline) {
        WebSocketDecoderConfig decoding = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(services.maxMessageBytes())
                .expectMaskedFrames(true)
                .allowExtensions(false)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        pipeline.addLast(frameBytes, new WebSocket13FrameDecoder(decoding), new WebSocket13FrameEncoder(false), this);
    }

    private void noRoom() {
        if (ownContext != null) {
            closeWith(ownContext, WebSocketCloseStatus.TRY_AGAIN_LATER);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ownContext = context;
        long interval = heartbeat.interval().toNanos();
        dialogue = new SocketDialogue(services, grant, client, context, this::closeWith);
        ticks = context.executor()
                .scheduleWithFixedDelay(() -> tick(context), interval, interval, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = context.channel().isWritable();
        context.channel().config().setAutoRead(writable);
        if (writable && dialogue != null) {
            dialogue.writable();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        unansweredPings = 0;
        frameBytes.frameCame();
        switch (frame) {
            case CloseWebSocketFrame close -> closedByPeer(context, close);
            case PingWebSocketFrame ping ->
                context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            case PongWebSocketFrame _ -> {}
            case TextWebSocketFrame text -> {
                fragments = new Fragments(
                        services.bodies().reservation(), text.content().readableBytes());
                add(context, text);
            }
            case ContinuationWebSocketFrame more -> add(context, more);
            case BinaryWebSocketFrame _ -> closeWith(context, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
            default -> closeWith(context, WebSocketCloseStatus.PROTOCOL_ERROR);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            frameBytes.discard();
            closeWith(context, corrupted.closeStatus());
            return;
        }
        log.debug("a WebSocket broke", Wordless.of(cause));
        context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Closing.NOW) {
            closeWith(context, CloseCode.GOING_AWAY.frame());
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void add(ChannelHandlerContext context, WebSocketFrame frame) {
        Fragments message = fragments;
        if (closing || message == null) {
            return;
        }
        ByteBuf bytes = frame.content();
        if (message.bytes().size() + bytes.readableBytes() > services.maxMessageBytes()) {
            closeWith(context, WebSocketCloseStatus.MESSAGE_TOO_BIG);
            return;
        }
        if (!message.memory().grow(bytes.readableBytes())) {
            closeWith(context, WebSocketCloseStatus.TRY_AGAIN_LATER);
            return;
        }
        try {
            bytes.readBytes(message.bytes(), bytes.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!frame.isFinalFragment()) {
            return;
        }
        fragments = null;
        byte[] whole = message.bytes().toByteArray();
        if (!Utf8.isValid(whole)) {
            message.memory().close();
            closeWith(context, WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
        } else if (dialogue != null) {
            dialogue.said(whole, message.memory());
        }
    }

    private void tick(ChannelHandlerContext context) {
        if (dialogue == null || closing || !dialogue.tick(heartbeat)) {
            return;
        }
        unansweredPings++;
        if (unansweredPings > heartbeat.beats(UNANSWERED_KEEP_ALIVES)) {
            closeWith(context, CloseCode.SILENT.frame());
        }
    }

    private void closedByPeer(ChannelHandlerContext context, CloseWebSocketFrame close) {
        if (closing) {
            context.close();
            return;
        }
        if (close.statusCode() > LAST_CODE) {
            // The decoder lets pass what RFC 6455 has no use for.
            closeWith(context, WebSocketCloseStatus.PROTOCOL_ERROR);
            return;
        }
        closing = true;
        stop();
        CloseWebSocketFrame echo =
                close.statusCode() < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(close.statusCode(), "");
        context.writeAndFlush(echo).addListener(ChannelFutureListener.CLOSE);
    }

    private void closeWith(ChannelHandlerContext context, WebSocketCloseStatus status) {
        closeWith(context, new CloseWebSocketFrame(status));
    }

    /** Says why, waits a little for the client to say the same, then closes. */
    private void closeWith(ChannelHandlerContext context, CloseWebSocketFrame frame) {
        if (closing) {
            frame.release();
            return;
        }
        closing = true;
        stop();
        context.writeAndFlush(frame);
        context.channel().config().setAutoRead(true);
        context.executor().schedule(() -> context.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private void stop() {
        if (ticks != null) {
            ticks.cancel(false);
        }
        if (dialogue != null) {
            dialogue.close();
        }
        if (fragments != null) {
            fragments.memory().close();
            fragments = null;
        }
    }
}
