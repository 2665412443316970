package dev.tokentape.gateway.tape;

import org.jspecify.annotations.Nullable;

/**
 * One reader's position on the tape. It holds a number, not a queue: a slow reader costs nothing but its place. To be
 * used by one thread at a time, the connection's event loop.
 */
public interface Reader extends AutoCloseable {

    /** The next frame in order, each exactly once; null if there is none now (the wake-up follows). Never blocks. */
    @Nullable
    Frame next();

    /** Whether nothing more will ever come: the one response asked for has ended, and all of it was read. */
    boolean ended();

    /**
     * Whether all that there is now is at hand, so that no next frame means that nothing has come yet; false while
     * older events or the answers so far are being fetched.
     */
    boolean atHand();

    /** A cursor for the place reached, also past events that this reader does not see. */
    String cursor();

    /** Forgets the reader; no wake-up follows. */
    @Override
    void close();
}
