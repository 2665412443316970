package dev.tokentape.cli.client;

import org.jspecify.annotations.Nullable;

/** Opens connections to one place on the tape. */
@FunctionalInterface
public interface Connector {

    /**
     * Begins to connect and returns at once; the listener hears the rest.
     *
     * @param after the cursor to go on from, {@code start} or {@code now}; null for the gateway's default
     */
    Connection open(@Nullable String after, StreamListener listener);
}
