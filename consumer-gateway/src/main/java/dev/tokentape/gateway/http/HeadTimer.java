package dev.tokentape.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands before the HTTP decoder and tells the connection when bytes come, which the decoder does only for whole heads.
 */
final class HeadTimer extends ChannelInboundHandlerAdapter {

    private final HttpConnection connection;

    HeadTimer(HttpConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (connection.takesBytes((ByteBuf) message)) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }
}
