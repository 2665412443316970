package dev.tokentape.standalone.client;

import dev.tokentape.schemas.avro.LostPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What to ask for: a prompt that continues a conversation; provider and model are the gateway's choice where null.
 *
 * @param onAttemptLost what becomes of the answer when its producer dies in the middle; null leaves it to the gateway
 */
public record Question(
        String conversationId,
        String prompt,
        @Nullable String provider,
        @Nullable String model,
        @Nullable LostPolicy onAttemptLost) {

    public Question(String conversationId, String prompt, @Nullable String provider, @Nullable String model) {
        this(conversationId, prompt, provider, model, null);
    }
}
