package dev.tokentape.gateway.tape;

import org.jspecify.annotations.Nullable;

/**
 * What a reader wants, and from where.
 *
 * @param responseId only this answer, until its end; null for everything of the conversation, for ever
 */
public record ReadRequest(String conversationId, @Nullable String responseId, Start start) {

    /** Where to begin. */
    public sealed interface Start {
        /** With what comes from now on. */
        record Now() implements Start {}

        /** With the oldest event still at hand; for one response, with its first. */
        record Beginning() implements Start {}

        /** With the answers so far in one piece, in place of their events, then with what comes from now on. */
        record Snapshot() implements Start {}

        /** After the event that this cursor names. */
        record After(String cursor) implements Start {}
    }
}
