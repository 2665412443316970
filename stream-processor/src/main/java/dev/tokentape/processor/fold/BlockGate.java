package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One content block that is judged by itself, on its way to the readers: lets its deltas through as far as the
 * hold-back allows. Blocks whose text readers join go by way of {@link JoinedText}.
 */
final class BlockGate {

    /** Of signatures that wait for the text that they sign; more are left out. Unit: characters. */
    private static final int MOST_WAITING = 1_000_000;

    private final HoldBack holdBack;
    private final List<BlockDelta> signatures = new ArrayList<>();
    private int waiting;
    private @Nullable BlockDelta lastHeld;

    BlockGate(HoldBack holdBack) {
        this.holdBack = holdBack;
    }

    /** What may be shown of the block after this delta. */
    Gated append(BlockDelta delta) {
        if (delta.text().isEmpty()) {
            return Gated.whole(delta);
        }
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL, OTHER -> {
                lastHeld = delta;
                yield Gated.of(holdBack.append(delta.text()), delta);
            }
            case SIGNATURE -> signed(delta);
            case CITATION, DATA, LOGPROBS -> Gated.whole(delta);
        };
    }

    /** A signature must not vouch for a text that was changed, nor for one that may still be. */
    private Gated signed(BlockDelta signature) {
        if (!holdBack.vouches()) {
            return Gated.NOTHING;
        }
        if (holdBack.held().isEmpty()) {
            return Gated.whole(signature);
        }
        waiting += signature.text().length();
        if (waiting <= MOST_WAITING) {
            signatures.add(signature);
        }
        return Gated.NOTHING;
    }

    /** What was still held when the block ended. */
    List<Gated> flush() {
        if (lastHeld == null) {
            return List.of();
        }
        List<Gated> held = new ArrayList<>();
        held.add(Gated.of(holdBack.flush(), lastHeld));
        if (holdBack.vouches() && waiting <= MOST_WAITING) {
            signatures.forEach(signature -> held.add(Gated.whole(signature)));
        }
        return held;
    }
}
