package dev.tokentape.gateway.websocket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.command.ToolResults;
import org.jspecify.annotations.Nullable;

/** What a client says on the socket. */
sealed interface ClientMessage {

    /** The client's own name for the message, which the reply carries; null if it gave none. */
    @Nullable
    String ref();

    /**
     * @param responseId only this answer; null for all of the conversation
     * @param after a cursor, start, now, or null
     * @param snapshot instead of events so far, unless there is a cursor
     */
    record Subscribe(
            @Nullable String ref,
            String conversationId,
            @Nullable String responseId,
            @Nullable String after,
            boolean snapshot)
            implements ClientMessage {}

    record Unsubscribe(
            @Nullable String ref,
            String conversationId,
            @Nullable String responseId) implements ClientMessage {}

    /** @param body the fields that the body of a POST has */
    record Ask(
            @Nullable String ref,
            String conversationId,
            @Nullable String idempotencyKey,
            ObjectNode body) implements ClientMessage {}

    /** @param results the body that a POST of tool results has */
    record Results(@Nullable String ref, String conversationId, ToolResults results) implements ClientMessage {}

    record Cancel(@Nullable String ref, String conversationId, String responseId) implements ClientMessage {}

    record Delete(@Nullable String ref, String conversationId) implements ClientMessage {}

    /** @param token a new one, or a ticket, for the same subject */
    record Authenticate(@Nullable String ref, String token) implements ClientMessage {
        /** Without the token: it must not stand in a log. */
        @Override
        public String toString() {
            return "Authenticate[ref=" + ref + "]";
        }
    }

    record Ping(@Nullable String ref) implements ClientMessage {}

    /** A message that is of no known type. */
    record Unknown(@Nullable String ref, String type) implements ClientMessage {}
}
