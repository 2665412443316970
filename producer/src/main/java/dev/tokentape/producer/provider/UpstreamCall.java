package dev.tokentape.producer.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One call of an LLM API, from request to terminal event. */
public interface UpstreamCall {

    /**
     * Makes the call on this (virtual) thread and hands every event to the sink as it arrives. Ends by exactly one
     * terminal event: whatever goes wrong upstream becomes a {@code Failed} event, not an exception.
     *
     * @throws InterruptedException if the thread, or the sink, was interrupted; the connection is closed then
     */
    void run() throws InterruptedException;

    /**
     * How long the provider has asked to wait before the same request is made again; null where it has not. Told once
     * {@link #run} has ended by a failure.
     */
    default @Nullable Duration retryAfter() {
        return null;
    }
}
