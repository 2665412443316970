package dev.tokentape.cli.client;

import dev.tokentape.schemas.avro.LostPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to ask for: a prompt that continues a conversation; what is null is the gateway's choice.
 *
 * @param attachments what goes before the prompt, in its turn
 * @param system the system prompt; null for none
 * @param fallback where to go when the first provider fails before it has said anything; null for nowhere
 * @param onAttemptLost what becomes of the answer when its producer dies in the middle
 */
public record Question(
        String conversationId,
        String prompt,
        List<Attachment> attachments,
        @Nullable String system,
        @Nullable String provider,
        @Nullable String model,
        @Nullable Fallback fallback,
        @Nullable LostPolicy onAttemptLost) {

    /** Another provider; the model may be left out where the gateway has a default for it. */
    public record Fallback(String provider, @Nullable String model) {}

    public Question {
        attachments = List.copyOf(attachments);
    }

    /** One without anything beside it. */
    public Question(
            String conversationId,
            String prompt,
            @Nullable String provider,
            @Nullable String model,
            @Nullable LostPolicy onAttemptLost) {
        this(conversationId, prompt, List.of(), null, provider, model, null, onAttemptLost);
    }

    public Question(String conversationId, String prompt, @Nullable String provider, @Nullable String model) {
        this(conversationId, prompt, provider, model, null);
    }
}
