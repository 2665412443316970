package dev.tokentape.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tokentape.gateway.problem.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stands where TLS is spoken until the first byte is there: a handshake's makes room for TLS; whoever speaks plain HTTP
 * instead is told so in words, and the connection closed.
 */
final class TlsDoor extends ByteToMessageDecoder {

    /** The first byte of a handshake. */
    static final int HANDSHAKE = 0x16;

    private static final int LINGER_SECONDS = 2;
    private static final Problem PLAIN = new Problem(
            "tls-required",
            "The port speaks TLS",
            400,
            "this is plain HTTP, and the gateway speaks TLS at this port; ask with https://");

    private final Tls tls;
    private final Duration patience;
    private boolean told;

    /** @param patience how long the first byte may take */
    TlsDoor(Tls tls, Duration patience) {
        this.tls = tls;
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.executor()
                .schedule(
                        () -> {
                            if (!context.isRemoved() && !told) {
                                context.close();
                            }
                        },
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int first = in.getUnsignedByte(in.readerIndex());
        if (!told && first == HANDSHAKE) {
            context.pipeline().replace(this, null, tls.handler(context.alloc()));
            return;
        }
        in.skipBytes(in.readableBytes());
        if (told) {
            return;
        }
        told = true;
        if (!Character.isLetter(first)) {
            context.close();
            return;
        }
        context.writeAndFlush(words())
                .addListener(ChannelFutureListener.CLOSE_ON_FAILURE)
                .addListener(_ -> {
                    if (context.channel() instanceof DuplexChannel duplex) {
                        // A reset, for what the client still sends, would overtake the words.
                        duplex.shutdownOutput();
                    }
                    context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
                });
    }

    private static ByteBuf words() {
        byte[] body = PLAIN.json();
        String head = "HTTP/1.1 400 Bad Request\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
                .formatted(Problem.CONTENT_TYPE, body.length);
        return Unpooled.wrappedBuffer(head.getBytes(US_ASCII), body);
    }
}
