package dev.tokentape.processor.moderation.gate;

import java.util.List;

/**
 * What a gate gives out at once.
 *
 * @param text may be shown; empty if nothing may
 * @param findings what was decided, in the order of the text; after one that {@linkplain
 *     dev.tokentape.processor.moderation.rules.Action#ends() ends} the answer nothing is ever released any more
 */
public record Released(String text, List<Finding> findings) {

    public static final Released NOTHING = new Released("", List.of());

    public Released {
        findings = List.copyOf(findings);
    }

    public static Released of(String text) {
        return new Released(text, List.of());
    }
}
