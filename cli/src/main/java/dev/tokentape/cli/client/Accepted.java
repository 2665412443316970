package dev.tokentape.cli.client;

import org.jspecify.annotations.Nullable;

/**
 * The gateway will see to an answer.
 *
 * @param cursor where the conversation's tape stood before the answer; null if it was not said
 */
public record Accepted(
        String conversationId, String responseId, @Nullable String cursor) {}
