package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Finding;
import dev.tokentape.schemas.event.TokenEvent.BlockDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gate lets through at once.
 *
 * @param delta may be shown; null if nothing may
 * @param findings what rules decided on the way
 */
record Gated(@Nullable BlockDelta delta, List<Finding> findings) {

    static final Gated NOTHING = new Gated(null, List.of());
}
