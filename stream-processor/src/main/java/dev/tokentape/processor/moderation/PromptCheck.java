package dev.tokentape.processor.moderation;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import org.jspecify.annotations.Nullable;

/** Judges a prompt as a whole. */
@FunctionalInterface
public interface PromptCheck {

    /** Why the request must not be answered; null if it may be. */
    @Nullable
    Verdict judge(GenerationRequest request);
}
