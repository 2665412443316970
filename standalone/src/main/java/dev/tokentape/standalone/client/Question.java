package dev.tokentape.standalone.client;

import org.jspecify.annotations.Nullable;

/** What to ask for: a prompt that continues a conversation; provider and model are the gateway's choice where null. */
public record Question(
        String conversationId,
        String prompt,
        @Nullable String provider,
        @Nullable String model) {}
