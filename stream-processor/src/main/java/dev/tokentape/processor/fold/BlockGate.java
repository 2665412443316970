package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.HoldBack;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import org.jspecify.annotations.Nullable;

/** One content block on its way to the readers: lets its deltas through as far as the hold-back allows. */
final class BlockGate {

    private final HoldBack holdBack;
    private @Nullable BlockDelta lastHeld;

    BlockGate(HoldBack holdBack) {
        this.holdBack = holdBack;
    }

    /** What may be shown of the block after this delta; null if nothing new. */
    @Nullable
    BlockDelta append(BlockDelta delta) {
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL -> release(delta, holdBack.append(delta.text()).text());
            case SIGNATURE, CITATION, DATA, LOGPROBS, OTHER -> delta;
        };
    }

    /** What was still held when the block ended; null if nothing. */
    @Nullable
    BlockDelta flush() {
        String rest = holdBack.flush().text();
        return lastHeld == null || rest.isEmpty() ? null : withText(lastHeld, rest);
    }

    private @Nullable BlockDelta release(BlockDelta delta, String released) {
        lastHeld = delta;
        if (released.equals(delta.text())) {
            return delta;
        }
        return released.isEmpty() ? null : withText(delta, released);
    }

    private static BlockDelta withText(BlockDelta delta, String text) {
        return new TokenEvent.BlockDelta(delta.envelope(), delta.type(), text, delta.providerData());
    }
}
