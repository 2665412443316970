package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.rules.Channel;
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

    /** Judges a request before anything of it is shown or sent, and masks what may not stand in it. */
    default PromptJudgement judged(GenerationRequest request) {
        Verdict refusal = promptCheck().judge(request);
        return new PromptJudgement(request, List.of(), refusal);
    }

    /** What may be shown of a block's beginning, which for encrypted thinking is all of it. */
    default TokenEvent.BlockStart shown(GenerationRequest request, TokenEvent.BlockStart block) {
        return block;
    }

    /** How a moderation service judges answers to this request; null where none does. */
    default @Nullable JudgePolicy judge(GenerationRequest request) {
        return null;
    }

    /** What a block is, for those who judge it. */
    static Channel channel(BlockType type) {
        return switch (type) {
            case THINKING, REDACTED_THINKING -> Channel.THINKING;
            case TOOL_USE -> Channel.TOOL_INPUT;
            default -> Channel.TEXT;
        };
    }

    /** No rules: everything passes as it comes. */
    static Moderation passThrough() {
        return PassThrough.INSTANCE;
    }
}
