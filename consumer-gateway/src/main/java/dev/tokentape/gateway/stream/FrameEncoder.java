package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.tape.Frame;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Frames the events of one connection for its transport, around their bytes, without encoding them again. */
public interface FrameEncoder {

    /** Begins a batch in an empty buffer. */
    void begin(ByteBuf batch);

    /** Appends one event. */
    void event(Frame frame, ByteBuf batch);

    /**
     * Appends a sign of life.
     *
     * @param cursor where the only reader stands, if it has moved past events it does not see; else null
     */
    void keepAlive(@Nullable String cursor, ByteBuf batch);

    /** Ends a batch that {@link #begin} began; nothing is appended afterwards. */
    void end(ByteBuf batch);

    /** Bytes that a batch's begin, one event's framing and its end usually take: what buffers are sized by. */
    int overhead();
}
