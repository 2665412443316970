package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.HoldBack;
import dev.tokentape.processor.moderation.Released;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One content block on its way to the readers: lets its deltas through as far as the hold-back allows. */
final class BlockGate {

    /** Of signatures that wait for the text that they sign; more are left out. Unit: characters. */
    private static final int MOST_WAITING = 1_000_000;

    private final TokenEvent.BlockStart start;
    private final HoldBack holdBack;
    private final List<BlockDelta> signatures = new ArrayList<>();
    private int waiting;
    private @Nullable BlockDelta lastHeld;

    BlockGate(TokenEvent.BlockStart start, HoldBack holdBack) {
        this.start = start;
        this.holdBack = holdBack;
    }

    /** The block that it is the gate of. */
    TokenEvent.BlockStart start() {
        return start;
    }

    /** What may be shown of the block after this delta. */
    Gated append(BlockDelta delta) {
        return switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL, OTHER -> {
                lastHeld = delta;
                Released released = holdBack.append(delta.text());
                yield released.text().equals(delta.text())
                        ? new Gated(delta, released.findings())
                        : gated(released, delta);
            }
            case SIGNATURE -> signed(delta);
            case CITATION, DATA, LOGPROBS -> new Gated(delta, List.of());
        };
    }

    /** A signature must not vouch for a text that was changed, nor for one that may still be. */
    private Gated signed(BlockDelta signature) {
        if (!holdBack.vouches()) {
            return Gated.NOTHING;
        }
        if (holdBack.held().isEmpty()) {
            return new Gated(signature, List.of());
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
        held.add(gated(holdBack.flush(), lastHeld));
        if (holdBack.vouches() && waiting <= MOST_WAITING) {
            signatures.forEach(signature -> held.add(new Gated(signature, List.of())));
        }
        return held;
    }

    private static Gated gated(Released released, BlockDelta from) {
        BlockDelta shown = released.text().isEmpty() ? null : withText(from, released.text());
        return new Gated(shown, released.findings());
    }

    private static BlockDelta withText(BlockDelta delta, String text) {
        return new TokenEvent.BlockDelta(delta.envelope(), delta.type(), text, delta.providerData());
    }
}
