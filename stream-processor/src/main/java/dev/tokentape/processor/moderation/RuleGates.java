package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;
import dev.tokentape.processor.moderation.json.JsonGate;
import dev.tokentape.processor.moderation.json.WholeCallGate;
import dev.tokentape.processor.moderation.match.ChannelRules;
import dev.tokentape.processor.moderation.match.JoinedTextGate;
import dev.tokentape.processor.moderation.match.TextGate;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.util.Map;
import java.util.Objects;

/** A rule set made ready to run; gives each block its gate. Immutable and shared; takes a while to make. */
public final class RuleGates {

    private final RuleSet set;
    private final Map<Channel, ChannelRules> byChannel;

    public RuleGates(RuleSet set) {
        this.set = set;
        this.byChannel = ChannelRules.ofAll(set);
    }

    public RuleSet ruleSet() {
        return set;
    }

    /** Whether anything in this channel is judged, or left out as a whole. */
    boolean judges(Channel channel) {
        return channel == Channel.THINKING && set.thinking() == RuleSet.Passage.DROP
                || !rules(channel).isEmpty();
    }

    /** A gate for a text of its own, whatever form the channel's blocks have. */
    HoldBack plainGate(Channel channel) {
        return new TextGate(rules(channel));
    }

    /** A gate for JSON of its own. */
    HoldBack jsonGate(Channel channel) {
        return new JsonGate(rules(channel));
    }

    private ChannelRules rules(Channel channel) {
        return Objects.requireNonNull(byChannel.get(channel));
    }

    /** A gate for a new block. */
    public HoldBack gate(Channel channel) {
        ChannelRules rules = rules(channel);
        if (channel == Channel.THINKING && set.thinking() == RuleSet.Passage.DROP) {
            return NothingPasses.INSTANCE;
        }
        if (channel == Channel.TOOL_INPUT && set.holdToolCalls()) {
            return new WholeCallGate(new JsonGate(rules), set.maxToolCall(), set.version());
        }
        if (rules.isEmpty()) {
            return PassThrough.INSTANCE;
        }
        return channel == Channel.TOOL_INPUT ? new JsonGate(rules) : new TextGate(rules);
    }

    /** A gate for the text that several blocks of one choice make together. */
    TextHold textHold(Channel channel) {
        ChannelRules rules = rules(channel);
        boolean judged = !rules.isEmpty() && (channel != Channel.THINKING || set.thinking() != RuleSet.Passage.DROP);
        return judged ? new JoinedTextGate(rules) : new SeparateBlocks(() -> gate(channel));
    }

    private enum NothingPasses implements HoldBack {
        INSTANCE;

        @Override
        public Released append(String text) {
            return Released.NOTHING;
        }

        @Override
        public Released flush() {
            return Released.NOTHING;
        }

        @Override
        public boolean vouches() {
            return false;
        }
    }
}
