package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.HoldBack;
import dev.tokentape.processor.moderation.Released;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One content block on its way to the readers: lets its deltas through as far as the hold-back allows. */
final class BlockGate {

    private final HoldBack holdBack;
    private @Nullable BlockDelta lastHeld;

    BlockGate(HoldBack holdBack) {
        this.holdBack = holdBack;
    }

    /** What may be shown of the block after this delta. */
    Gated append(BlockDelta delta) {
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL -> {
                lastHeld = delta;
                Released released = holdBack.append(delta.text());
                yield released.text().equals(delta.text())
                        ? new Gated(delta, released.findings())
                        : gated(released, delta);
            }
            case SIGNATURE, CITATION, DATA, LOGPROBS, OTHER ->
                holdBack.passes(delta.type(), delta.text()) ? new Gated(delta, List.of()) : Gated.NOTHING;
        };
    }

    /** What was still held when the block ended. */
    Gated flush() {
        return lastHeld == null ? Gated.NOTHING : gated(holdBack.flush(), lastHeld);
    }

    private static Gated gated(Released released, BlockDelta from) {
        BlockDelta shown = released.text().isEmpty() ? null : withText(from, released.text());
        return new Gated(shown, released.findings());
    }

    private static BlockDelta withText(BlockDelta delta, String text) {
        return new TokenEvent.BlockDelta(delta.envelope(), delta.type(), text, delta.providerData());
    }
}
