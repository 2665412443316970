package dev.tokentape.processor.moderation.rules;

import dev.tokentape.schemas.avro.BlockType;
import java.util.Locale;

/** What a rule may look at. */
public enum Channel {
    PROMPT,
    TEXT,
    THINKING,
    TOOL_INPUT;

    /** What a block is, for those who judge it. */
    public static Channel of(BlockType type) {
        return switch (type) {
            case THINKING, REDACTED_THINKING -> THINKING;
            case TOOL_USE, SERVER_TOOL_USE -> TOOL_INPUT;
            case OTHER, TEXT, REFUSAL, TOOL_RESULT, IMAGE, AUDIO -> TEXT;
        };
    }

    /** As rule files write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
