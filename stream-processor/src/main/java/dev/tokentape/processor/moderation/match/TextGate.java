package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.HoldBack;
import dev.tokentape.processor.moderation.Released;
import dev.tokentape.schemas.avro.DeltaType;

/** The gate of a block of plain text. */
public final class TextGate implements HoldBack {

    private final ChannelRules rules;
    private final BlockMatcher matcher;

    public TextGate(ChannelRules rules) {
        this.rules = rules;
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
    public boolean passes(DeltaType type, String note) {
        return switch (type) {
            // They spell out tokens before the text itself is let go.
            case LOGPROBS -> false;
            case SIGNATURE -> !matcher.hasChangedText();
            case TEXT, THINKING, INPUT_JSON, REFUSAL, CITATION, DATA, OTHER -> {
                BlockMatcher judge = rules.matcher();
                judge.take(note);
                judge.end();
                yield judge.release().text().equals(note);
            }
        };
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
