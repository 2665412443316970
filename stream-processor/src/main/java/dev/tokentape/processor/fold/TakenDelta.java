package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.gate.Finding;
import java.util.List;

/**
 * What comes of a delta of the model.
 *
 * @param noted what rules decided on what it says beside its text
 * @param through what may be shown now, of this delta and perhaps of earlier ones
 */
record TakenDelta(List<Finding> noted, Fit fit, List<Gated> through) {

    enum Fit {
        FITS,
        /** The answer would be longer than it, or its record, may be. */
        TOO_LONG,
        /** The partition's open answers hold too much together. */
        NO_ROOM
    }

    static TakenDelta refused(List<Finding> noted, Fit why) {
        return new TakenDelta(noted, why, List.of());
    }
}
