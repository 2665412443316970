package dev.tokentape.processor.moderation.rules;

import java.util.Locale;

/** What a rule may look at. */
public enum Channel {
    PROMPT,
    TEXT,
    THINKING,
    TOOL_INPUT;

    /** As rule files write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
