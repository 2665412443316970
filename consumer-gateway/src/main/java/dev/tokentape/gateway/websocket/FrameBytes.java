package dev.tokentape.gateway.websocket;

import dev.tokentape.gateway.http.Reservation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands before the frame decoder, which gathers a frame until it is whole, and charges what has come of it. Belongs to
 * the connection's event loop.
 */
final class FrameBytes extends ChannelInboundHandlerAdapter {

    private final Reservation memory;
    private final Runnable noRoom;
    private boolean full;

    /** @param noRoom called once if there is no room for more; what comes then is thrown away */
    FrameBytes(Reservation memory, Runnable noRoom) {
        this.memory = memory;
        this.noRoom = noRoom;
    }

    /** A frame is whole: its bytes are the taker's. */
    void frameCame() {
        memory.shrinkTo(0);
    }

    /** Frames cannot be told apart any more: what came is given back, and what comes is thrown away. */
    void discard() {
        full = true;
        memory.shrinkTo(0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (!full && memory.grow(((ByteBuf) bytes).readableBytes())) {
            context.fireChannelRead(bytes);
            return;
        }
        ReferenceCountUtil.release(bytes);
        if (!full) {
            full = true;
            noRoom.run();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        memory.close();
        context.fireChannelInactive();
    }
}
