package dev.tokentape.processor.moderation;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;

/**
 * The rules that answers are judged by. Everything it decides follows from its arguments, so that a replay decides the
 * same.
 */
public interface Moderation {

    /** Judges prompts before anything of them is shown or sent to a provider. */
    PromptCheck promptCheck();

    /** A new gate for one block of one choice of an answer to this request. */
    HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block);

    /** No rules: everything passes as it comes. */
    static Moderation passThrough() {
        return PassThrough.INSTANCE;
    }
}
