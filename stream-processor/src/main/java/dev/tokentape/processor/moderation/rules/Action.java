package dev.tokentape.processor.moderation.rules;

/** What follows from a match. */
public sealed interface Action {

    /** Shows a mask in the match's place; in thinking, which is signed as it is, nothing more of the block. */
    record Redact(String mask) implements Action {}

    /** Ends the answer before the match, and the call to the provider. */
    record Block() implements Action {}

    /** Says so, and changes nothing. */
    record Flag() implements Action {}

    /**
     * Asks the model again.
     *
     * @param instruction is added to the system prompt
     * @param maxAttempts how often, before it is {@link Block}
     */
    record Regenerate(String instruction, int maxAttempts) implements Action {}

    /** As rule files and verdicts write it. */
    default String word() {
        return switch (this) {
            case Redact _ -> "redact";
            case Block _ -> "block";
            case Flag _ -> "flag";
            case Regenerate _ -> "regenerate";
        };
    }

    /** Whether nothing may be shown any more. */
    default boolean ends() {
        return this instanceof Block || this instanceof Regenerate;
    }
}
