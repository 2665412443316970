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
public record Rules(Thoughts thoughts, CallIdRule callIds, Set<Rule> all) {

    /** Which thoughts go back to the provider that thought them. No thought goes to anyone else. */
    public enum Thoughts {
        NONE,
        /** Those that it can tell to be its own: signed, or encrypted. */
        SEALED,
        ALL
    }

    public Rules {
        all = Set.copyOf(all);
    }

    public static Rules of(Thoughts thoughts, CallIdRule callIds, Rule... rules) {
        Set<Rule> all = EnumSet.noneOf(Rule.class);
        all.addAll(Set.of(rules));
        return new Rules(thoughts, callIds, all);
    }

    /** These, and one more. */
    public Rules with(Rule rule) {
        Set<Rule> more = EnumSet.of(rule);
        more.addAll(all);
        return new Rules(thoughts, callIds, more);
    }

    boolean ask(Rule rule) {
        return all.contains(rule);
    }
}
