package dev.tokentape.producer.provider.openai;

import dev.tokentape.producer.provider.api.MadeCallId;
import dev.tokentape.producer.provider.model.OpenModels;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.producer.provider.turns.TurnRule;
import dev.tokentape.producer.provider.turns.TurnRules;
import dev.tokentape.producer.provider.turns.TurnRules.Thoughts;
import dev.tokentape.schemas.provider.CallIdForm;
import dev.tokentape.schemas.provider.Habits;
import java.util.regex.Pattern;

/** What each server of the Chat Completions API accepts of a conversation; OpenAI's accepts more than most. */
final class ChatRules {

    private static final int LONGEST_MADE_ID = 40;

    private ChatRules() {}

    static TurnRules of(Habits habits, String model) {
        CallIdRule ids = callIds(habits.callIds());
        TurnRules rules = switch (habits.kind()) {
            case VENDOR -> TurnRules.of(Thoughts.NONE, ids, TurnRule.OWN_CALLS);
            // Chat templates mostly know one system prompt and two roles in turn.
            case COMPATIBLE, USER_LAST ->
                TurnRules.of(Thoughts.ALL, ids, TurnRule.OWN_CALLS, TurnRule.ONE_SYSTEM, TurnRule.ROLES_ALTERNATE);
            case STRICT_ORDER ->
                TurnRules.of(
                        Thoughts.NONE, ids, TurnRule.ONE_SYSTEM, TurnRule.ROLES_ALTERNATE, TurnRule.STARTS_WITH_USER);
        };
        if (habits.severalVendors()) {
            rules = rules.with(TurnRule.SERVES_SEVERAL_VENDORS);
        }
        return OpenModels.wantAssistantAfterTools(habits, model) ? rules.with(TurnRule.ASSISTANT_AFTER_RESULTS) : rules;
    }

    /**
     * Which names of tools. DeepSeek's reference asks for what OpenAI enforces, and so may whoever keeps to OpenAI's
     * ids; servers of open models and gateways pass on whatever comes.
     */
    static Pattern toolNames(Habits habits) {
        boolean enforced = habits.isVendor()
                || habits.wantsStrictOrder()
                || !habits.severalVendors()
                || habits.callIds().characters() > 0;
        return enforced ? ToolNames.COMMON : ToolNames.ANY;
    }

    /** Where any id will do, ids stay, since some carry more; only long ones of ours are cut: nobody knows those. */
    private static CallIdRule callIds(CallIdForm form) {
        if (form.lettersAndDigits()) {
            return CallIdRule.letters(form.characters());
        }
        return form.characters() > 0
                ? CallIdRule.atMost(form.characters())
                : CallIdRule.anyButMade(MadeCallId.PREFIX, LONGEST_MADE_ID);
    }
}
