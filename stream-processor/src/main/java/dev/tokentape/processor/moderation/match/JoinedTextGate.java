package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;

/** The gate of plain text that several blocks make together. */
public final class JoinedTextGate implements TextHold {

    private final BlockMatcher matcher;

    public JoinedTextGate(ChannelRules rules) {
        this.matcher = rules.matcher();
    }

    @Override
    public void take(String text) {
        matcher.take(text);
    }

    @Override
    public void endBlock() {
        matcher.endBlock();
    }

    @Override
    public void end() {
        matcher.end();
    }

    @Override
    public Released release() {
        return matcher.release();
    }

    @Override
    public boolean isClear() {
        return matcher.isClear();
    }

    @Override
    public boolean vouches() {
        return !matcher.hasChangedText();
    }

    @Override
    public boolean nextBlock() {
        return matcher.nextBlock();
    }
}
