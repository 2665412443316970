package dev.tokentape.producer.provider.openai;

import dev.tokentape.producer.provider.api.MadeCallId;
import dev.tokentape.producer.provider.api.Server;
import dev.tokentape.producer.provider.turns.CallIdRule;
import dev.tokentape.producer.provider.turns.Rule;
import dev.tokentape.producer.provider.turns.Rules;
import dev.tokentape.producer.provider.turns.Rules.Thoughts;

/** What the servers of the Chat Completions API take of a conversation: OpenAI more than most, and some what no other does. */
final class ChatRules {

    private static final int LONGEST_ID = 40;

    private static final Rules OPENAI = Rules.of(Thoughts.NONE, CallIdRule.atMost(LONGEST_ID), Rule.OWN_CALLS);

    /** Chat templates mostly know one system prompt and two roles in turn. Ids stay: some say more than which call it is. */
    private static final Rules OTHERS = Rules.of(
            Thoughts.ALL,
            CallIdRule.anyButMade(MadeCallId.PREFIX, LONGEST_ID),
            Rule.OWN_CALLS,
            Rule.ONE_SYSTEM,
            Rule.ROLES_ALTERNATE);

    private static final Rules MISTRAL = Rules.of(
            Thoughts.NONE,
            CallIdRule.letters(9),
            Rule.ONE_SYSTEM,
            Rule.ROLES_ALTERNATE,
            Rule.STARTS_WITH_USER,
            Rule.ASSISTANT_AFTER_RESULTS);

    private ChatRules() {}

    static Rules of(Server server, String model) {
        Rules rules = switch (server) {
            case VENDOR -> OPENAI;
            case MISTRAL -> MISTRAL;
            case THINKS_ALOUD, GOOGLE -> OTHERS;
            case COMPATIBLE, OPENROUTER, LITELLM -> OTHERS.with(Rule.SERVES_SEVERAL_VENDORS);
        };
        return server.wantsAssistantAfterTools(model) ? rules.with(Rule.ASSISTANT_AFTER_RESULTS) : rules;
    }
}
