package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.TextHold;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that answers are judged by. Everything it decides follows from its arguments, so that a replay decides the
 * same.
 */
public interface Moderation {

    /** The rule set version to stamp on requests that come now; null for none. Not for the fold to ask. */
    default @Nullable String versionInForce() {
        return null;
    }

    /** Judges prompts before anything of them is shown or sent to a provider. */
    PromptCheck promptCheck();

    /** A new gate for one block of one choice of an answer to this request. */
    HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block);

    /**
     * A new gate for the text that the blocks of one kind make together in one choice of an answer to this request.
     *
     * @param first the block that it begins with
     */
    default TextHold textHold(GenerationRequest request, TokenEvent.BlockStart first) {
        return new SeparateBlocks(() -> holdBack(request, first));
    }

    /** Judges a request before anything of it is shown or sent, and masks what may not stand in it. */
    default PromptJudgement judged(GenerationRequest request) {
        Verdict refusal = promptCheck().judge(request);
        return new PromptJudgement(request, List.of(), refusal);
    }

    /**
     * Judges what an event says beside the text that gates judge: names, notes, messages, a provider's own fields.
     *
     * @param of the block that the event belongs to; {@link BlockType#OTHER} if to none
     * @param mediaType of that block
     */
    default Screened screened(GenerationRequest request, TokenEvent event, BlockType of, @Nullable String mediaType) {
        return Screened.whole(event);
    }

    /** How a moderation service judges answers to this request; null where none does. */
    default @Nullable JudgePolicy judge(GenerationRequest request) {
        return null;
    }

    /** No rules: everything passes as it comes. */
    static Moderation passThrough() {
        return PassThrough.INSTANCE;
    }
}
