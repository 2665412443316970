package dev.tokentape.gateway.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tokentape.gateway.stream.FrameEncoder;
import dev.tokentape.gateway.tape.Frame;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Frames as server-sent events, each with its {@code id:} and without an {@code event:} line (an event named
 * {@code error} would fire the browser's {@code onerror}).
 *
 * <p>A frame's JSON stands on one line, as the tape promises, so it goes out as it is. A batch is one HTTP chunk, where
 * the client speaks HTTP/1.1: its size stands in eight hexadecimal digits at the front, filled in when the batch ends,
 * so that nothing is copied twice.
 */
public final class SseEncoder implements FrameEncoder {

    private static final byte[] ID = "id: ".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n".getBytes(US_ASCII);
    private static final byte[] CHUNK_SIZE = "00000000\r\n".getBytes(US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
    private static final int OVERHEAD = 1024;

    private final boolean chunked;

    /** @param chunked whether the answer goes out in chunks, as in HTTP/1.1 */
    public SseEncoder(boolean chunked) {
        this.chunked = chunked;
    }

    @Override
    public void begin(ByteBuf batch) {
        if (chunked) {
            batch.writeBytes(CHUNK_SIZE);
        }
    }

    @Override
    public void event(Frame frame, ByteBuf batch) {
        if (frame.hasCursor()) {
            batch.writeBytes(ID);
            batch.writeCharSequence(frame.cursor(), US_ASCII);
            batch.writeByte('\n');
        }
        batch.writeBytes(DATA);
        batch.writeBytes(frame.json());
        batch.writeBytes(END);
    }

    @Override
    public void keepAlive(@Nullable String cursor, ByteBuf batch) {
        batch.writeBytes(KEEP_ALIVE);
        if (cursor != null) {
            batch.writeBytes(ID);
            batch.writeCharSequence(cursor, US_ASCII);
            batch.writeByte('\n');
        }
        batch.writeByte('\n');
    }

    /** Appends fields or comments as they are: whole lines, an empty one last. */
    public void lines(String lines, ByteBuf batch) {
        batch.writeCharSequence(lines, US_ASCII);
    }

    @Override
    public void end(ByteBuf batch) {
        if (!chunked) {
            return;
        }
        int size = batch.readableBytes() - CHUNK_SIZE.length;
        int start = batch.readerIndex();
        for (int digit = 0; digit < 8; digit++) {
            batch.setByte(start + digit, HEX[(size >>> (28 - 4 * digit)) & 0xf]);
        }
        batch.writeByte('\r').writeByte('\n');
    }

    @Override
    public int overhead() {
        return OVERHEAD;
    }
}
