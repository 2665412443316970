package dev.tokentape.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** How HTTP leaves a connection that it does not simply close. */
final class Leaving {

    private static final int LINGER_SECONDS = 2;

    private Leaving() {}

    /** Nothing more is written; the client has a moment to read what was, and to close. */
    static void halfway(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** The handlers of another protocol take the place of ours. */
    static void toAnotherProtocol(ChannelPipeline pipeline, HttpAnswer.Upgrade upgrade) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        upgrade.install().accept(codec);
        pipeline.remove(HeadTimer.class);
        pipeline.remove(HttpConnection.class);
        pipeline.remove(HttpServerCodec.class);
        codec.channel().config().setAutoRead(true);
    }
}
