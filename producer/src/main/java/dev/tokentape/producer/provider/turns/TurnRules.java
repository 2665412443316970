package dev.tokentape.producer.provider.turns;

import java.util.EnumSet;
import java.util.Set;

/**
 * What an API takes of a conversation.
 *
 * @param thoughts which of its own thoughts
 * @param callIds which ids of tool calls
 * @param all what else it asks for
 */
public record TurnRules(Thoughts thoughts, CallIdRule callIds, Set<TurnRule> all) {

    /** Which thoughts go back to the provider that thought them. No thought goes to anyone else. */
    public enum Thoughts {
        NONE,
        /** Those that it can tell to be its own: signed, or encrypted. */
        SEALED,
        ALL
    }

    public TurnRules {
        all = Set.copyOf(all);
    }

    public static TurnRules of(Thoughts thoughts, CallIdRule callIds, TurnRule... rules) {
        Set<TurnRule> all = EnumSet.noneOf(TurnRule.class);
        all.addAll(Set.of(rules));
        return new TurnRules(thoughts, callIds, all);
    }

    /** These, and one more. */
    public TurnRules with(TurnRule rule) {
        Set<TurnRule> more = EnumSet.of(rule);
        more.addAll(all);
        return new TurnRules(thoughts, callIds, more);
    }

    boolean ask(TurnRule rule) {
        return all.contains(rule);
    }
}
