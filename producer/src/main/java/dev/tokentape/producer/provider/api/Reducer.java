package dev.tokentape.producer.provider.api;

import org.jspecify.annotations.Nullable;

/**
 * Turns one answer's wire events into token events; knows no HTTP, no threads and no clock.
 *
 * <p>Whatever it is fed, it throws nothing and writes at most one terminal event to its {@link Answer}; what comes
 * after that is ignored. Not thread-safe.
 */
public interface Reducer {

    /** Name of an event that is none of the API's: a line {@code error: …}, which some servers write bare. */
    String ERROR_LINE = "error:";

    /**
     * Takes the next server-sent event.
     *
     * @param name its event field; null where it has none
     * @param unterminated whether the body ended within it, so that it may be cut
     */
    void event(@Nullable String name, String data, boolean unterminated);

    /** The body has ended: writes the terminal event if there was none. */
    void end();

    /** Whether all that belongs to the answer has come, though its end has not been marked. */
    boolean whole();
}
