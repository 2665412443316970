package dev.tokentape.gateway.stream;

import dev.tokentape.gateway.tape.Frame;
import org.jspecify.annotations.Nullable;

/**
 * What one reader is shown of what it reads. Frames left out leave holes in the sequence; its cursor moves past them.
 */
@FunctionalInterface
public interface FrameFilter {

    /** Shows everything. */
    FrameFilter ALL = frame -> frame;

    /** The frame as it is shown, with the same cursor; null to leave it out. On the connection's event loop. */
    @Nullable
    Frame shown(Frame frame);
}
