package dev.tokentape.processor.moderation.rules;

import dev.tokentape.processor.moderation.pattern.PlainPattern;
import dev.tokentape.processor.moderation.validate.Validator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must not be shown, and what happens if it comes.
 *
 * @param id names it in verdicts
 * @param category a word for what it is about, such as {@code pii}
 * @param description for people; may be empty
 * @param literals found anywhere, also inside words
 * @param words found where they stand for themselves
 * @param patterns regular expressions
 * @param appliesTo where it looks
 * @param leet whether digits and signs may stand for letters in literals and words
 * @param firstTokens only what begins within so many tokens of a block counts, at {@link #CHARACTERS_PER_TOKEN}; 0 for
 *     all
 * @param maxHold most characters held back for it before the answer is ended; 0 for the rule set's
 * @param line where it stands in its file
 */
public record Rule(
        String id,
        String category,
        String description,
        List<String> literals,
        List<String> words,
        List<Pattern> patterns,
        Set<Channel> appliesTo,
        Action action,
        boolean leet,
        int firstTokens,
        int maxHold,
        int line) {

    /** Tokens of different models differ; what is judged must not. */
    public static final int CHARACTERS_PER_TOKEN = 4;

    public Rule {
        literals = List.copyOf(literals);
        words = List.copyOf(words);
        patterns = List.copyOf(patterns);
        appliesTo = Set.copyOf(appliesTo);
    }

    /**
     * A regular expression of a rule.
     *
     * @param expression as written
     * @param validatorName of the validator, as written; null if there is none
     */
    public record Pattern(
            String expression,
            PlainPattern plain,
            @Nullable String validatorName,
            @Nullable Validator validator) {}
}
