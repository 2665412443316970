package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.Rule;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.util.List;

/** The rules that look at one channel, ready to run. Immutable. */
public final class ChannelRules {

    private final Channel channel;
    private final List<Rule> rules;
    private final String version;
    private final int maxHold;
    private final RuleAutomata holding;
    private final RuleAutomata flagging;

    public ChannelRules(RuleSet set, Channel channel) {
        this.channel = channel;
        this.rules = set.rules();
        this.version = set.version();
        this.maxHold = set.maxHold();
        this.holding = new RuleAutomata(
                rules, rule -> rule.appliesTo().contains(channel) && !(rule.action() instanceof Action.Flag));
        this.flagging = new RuleAutomata(
                rules, rule -> rule.appliesTo().contains(channel) && rule.action() instanceof Action.Flag);
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
