package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/**
 * The text that a block begins with. It is judged together with the deltas that follow, so it becomes the first of
 * them; only what is encrypted stays in the start.
 */
final class OpeningText {

    private OpeningText() {}

    /** Null where a block begins with nothing, or with something that nobody can read. */
    static TokenEvent.@Nullable BlockDelta of(TokenEvent.BlockStart start) {
        String text = start.text();
        if (text == null || text.isEmpty() || start.type() == BlockType.REDACTED_THINKING) {
            return null;
        }
        return new TokenEvent.BlockDelta(start.envelope(), typeIn(start.type()), text, null);
    }

    static TokenEvent.BlockStart without(TokenEvent.BlockStart start) {
        return new TokenEvent.BlockStart(
                start.envelope(),
                start.type(),
                start.toolCallId(),
                start.toolName(),
                start.mediaType(),
                null,
                start.providerData());
    }

    private static DeltaType typeIn(BlockType block) {
        return switch (block) {
            case TEXT -> DeltaType.TEXT;
            case THINKING -> DeltaType.THINKING;
            case REFUSAL -> DeltaType.REFUSAL;
            case TOOL_USE, SERVER_TOOL_USE -> DeltaType.INPUT_JSON;
            case TOOL_RESULT, IMAGE, AUDIO, REDACTED_THINKING, OTHER -> DeltaType.OTHER;
        };
    }
}
