package dev.tokentape.processor.moderation.rules;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one file, and what holds for all of them.
 *
 * @param version the first 16 hexadecimal digits of the SHA-256 of its canonical form
 * @param rules those that are on, in the file's order
 * @param off ids of those that are not
 * @param maxHold most characters held back at once before the answer is ended
 * @param thinking what happens to thinking as a whole
 * @param redactedThinking what happens to thinking that the provider has encrypted
 * @param holdToolCalls whether a tool call is shown only when it is complete
 * @param maxToolCall most characters of a tool call that is held whole
 * @param judge how a moderation service judges what the rules let through; null where none does
 */
public record RuleSet(
        String version,
        List<Rule> rules,
        List<String> off,
        int maxHold,
        Passage thinking,
        Passage redactedThinking,
        boolean holdToolCalls,
        int maxToolCall,
        @Nullable JudgePolicy judge) {

    /** Whether blocks of a kind are shown. */
    public enum Passage {
        PASS,
        DROP
    }

    public RuleSet {
        rules = List.copyOf(rules);
        off = List.copyOf(off);
    }

    public Optional<Rule> rule(String id) {
        return rules.stream().filter(rule -> rule.id().equals(id)).findFirst();
    }
}
