package dev.tokentape.processor.moderation.gate;

import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.schemas.avro.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What a rule has decided. Never carries the forbidden text.
 *
 * @param ruleSetVersion version of the rules that the rule is of
 * @param reason for people; null where the rule speaks for itself
 */
public record Finding(
        String ruleId,
        String category,
        Action action,
        String ruleSetVersion,
        @Nullable String reason) {

    public Verdict verdict() {
        return Verdict.newBuilder()
                .setAction(action.word())
                .setRuleId(ruleId)
                .setCategory(category)
                .setRuleSetVersion(ruleSetVersion)
                .setReason(reason)
                .build();
    }
}
