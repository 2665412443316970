package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.json.JsonGate;
import dev.tokentape.processor.moderation.json.WholeCallGate;
import dev.tokentape.processor.moderation.match.ChannelRules;
import dev.tokentape.processor.moderation.match.TextGate;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** A rule set made ready to run; gives each block its gate. Immutable and shared; takes a while to make. */
public final class RuleGates {

    private final RuleSet set;
    private final Map<Channel, ChannelRules> byChannel = new EnumMap<>(Channel.class);

    public RuleGates(RuleSet set) {
        this.set = set;
        for (Channel channel : Channel.values()) {
            byChannel.put(channel, new ChannelRules(set, channel));
        }
    }

    public RuleSet ruleSet() {
        return set;
    }

    /** A gate for a new block. */
    public HoldBack gate(Channel channel) {
        ChannelRules rules = Objects.requireNonNull(byChannel.get(channel));
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
        public boolean passes(DeltaType type, String note) {
            return false;
        }
    }
}
