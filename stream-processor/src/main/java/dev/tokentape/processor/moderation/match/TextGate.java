package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;

/** The gate of a block of plain text. */
public final class TextGate implements HoldBack {

    private final BlockMatcher matcher;

    public TextGate(ChannelRules rules) {
        this.matcher = rules.matcher();
    }

    @Override
    public Released append(String text) {
        matcher.take(text);
        return matcher.release();
    }

    @Override
    public Released flush() {
        matcher.end();
        return matcher.release();
    }

    @Override
    public boolean vouches() {
        return !matcher.hasChangedText();
    }

    @Override
    public String held() {
        return matcher.held();
    }

    @Override
    public String heldFor() {
        return matcher.heldFor();
    }
}
