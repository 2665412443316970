package dev.tokentape.gateway.websocket;

import dev.tokentape.gateway.stream.FrameEncoder;
import dev.tokentape.gateway.tape.Frame;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Frames as WebSocket text frames: a header of 2 to 10 bytes, then the JSON as it is. Servers do not mask. */
final class SocketEncoder implements FrameEncoder {

    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_PING = 0x89;
    private static final int SIXTEEN_BITS = 126;
    private static final int SIXTY_FOUR_BITS = 127;
    private static final int MOST_OVERHEAD = 10;

    @Override
    public void begin(ByteBuf batch) {}

    @Override
    public void event(Frame frame, ByteBuf batch) {
        text(frame.json(), batch);
    }

    static void text(byte[] payload, ByteBuf batch) {
        int length = payload.length;
        batch.writeByte(FINAL_TEXT);
        if (length < SIXTEEN_BITS) {
            batch.writeByte(length);
        } else if (length <= 0xffff) {
            batch.writeByte(SIXTEEN_BITS).writeShort(length);
        } else {
            batch.writeByte(SIXTY_FOUR_BITS).writeLong(length);
        }
        batch.writeBytes(payload);
    }

    /** A ping without payload: WebSocket cursors travel with events only. */
    @Override
    public void keepAlive(@Nullable String cursor, ByteBuf batch) {
        batch.writeByte(FINAL_PING).writeByte(0);
    }

    @Override
    public void end(ByteBuf batch) {}

    @Override
    public int overhead() {
        return MOST_OVERHEAD;
    }
}
