package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gate lets through at once.
 *
 * @param event a delta, or the stop of a block that is all shown; null if nothing may be shown
 * @param findings what rules decided on the way
 */
record Gated(@Nullable TokenEvent event, List<Finding> findings) {

    static final Gated NOTHING = new Gated(null, List.of());

    static Gated whole(TokenEvent event) {
        return new Gated(event, List.of());
    }

    /** What a gate gives out, told like this delta, the latest of the block that it is of. */
    static Gated of(Released released, BlockDelta like) {
        String text = released.text();
        if (text.isEmpty()) {
            return new Gated(null, released.findings());
        }
        boolean whole = text.equals(like.text());
        return new Gated(
                whole ? like : new BlockDelta(like.envelope(), like.type(), text, like.providerData()),
                released.findings());
    }
}
