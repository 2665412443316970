package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.Rule;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The rules that look at one channel, ready to run. Immutable. */
public final class ChannelRules {

    private final Channel channel;
    private final List<Rule> rules;
    private final String version;
    private final int maxHold;
    private final RuleAutomata holding;
    private final RuleAutomata flagging;

    public ChannelRules(RuleSet set, Channel channel) {
        this(set, channel, new HashMap<>());
    }

    /** @param made automata of this rule set by the rules in them, for channels that have the same */
    private ChannelRules(RuleSet set, Channel channel, Map<Set<Rule>, RuleAutomata> made) {
        this.channel = channel;
        this.rules = set.rules();
        this.version = set.version();
        this.maxHold = set.maxHold();
        this.holding = automata(made, rule -> !(rule.action() instanceof Action.Flag));
        this.flagging = automata(made, rule -> rule.action() instanceof Action.Flag);
    }

    /** The rules of every channel; those that look at the same are made ready once. */
    public static Map<Channel, ChannelRules> ofAll(RuleSet set) {
        Map<Set<Rule>, RuleAutomata> made = new HashMap<>();
        Map<Channel, ChannelRules> all = new EnumMap<>(Channel.class);
        for (Channel channel : Channel.values()) {
            all.put(channel, new ChannelRules(set, channel, made));
        }
        return all;
    }

    private RuleAutomata automata(Map<Set<Rule>, RuleAutomata> made, Predicate<Rule> wanted) {
        Set<Rule> chosen = rules.stream()
                .filter(rule -> rule.appliesTo().contains(channel) && wanted.test(rule))
                .collect(Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
        return made.computeIfAbsent(chosen, its -> new RuleAutomata(rules, its::contains));
    }

    /** Whether no rule looks at this channel. */
    public boolean isEmpty() {
        return rules.stream().noneMatch(rule -> rule.appliesTo().contains(channel));
    }

    /** A matcher for a new block. */
    public BlockMatcher matcher() {
        return new BlockMatcher(this);
    }

    Channel channel() {
        return channel;
    }

    Rule rule(int number) {
        return rules.get(number);
    }

    int ruleCount() {
        return rules.size();
    }

    String version() {
        return version;
    }

    RuleAutomata holding() {
        return holding;
    }

    RuleAutomata flagging() {
        return flagging;
    }

    /** Most characters held for a rule. */
    int maxHold(int number) {
        int own = rules.get(number).maxHold();
        return own == 0 ? maxHold : own;
    }

    /** The least of all rules' {@link #maxHold}. */
    int leastMaxHold() {
        int least = maxHold;
        for (int i = 0; i < rules.size(); i++) {
            least = Math.min(least, maxHold(i));
        }
        return least;
    }
}
