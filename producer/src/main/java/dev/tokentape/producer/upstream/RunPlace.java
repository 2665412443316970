package dev.tokentape.producer.upstream;

import org.jspecify.annotations.Nullable;

/**
 * One run's place among those of the process. A run that waits for its provider leaves it to others, and queues up for
 * another when its wait is over. Used by the run's thread.
 */
public final class RunPlace {

    private final Places places;
    private Places.@Nullable Claim claim;

    /** @param claim a granted one, the run's from now on */
    public RunPlace(Places places, Places.Claim claim) {
        this.places = places;
        this.claim = claim;
    }

    /** Lets go of the place, or of the queue for one; the second call does nothing. */
    public void leave() {
        Places.Claim held = claim;
        claim = null;
        if (held != null) {
            held.release();
        }
    }

    /** Queues up for a place after it was left. */
    Places.Claim comeBack() {
        Places.Claim held = claim;
        if (held == null) {
            held = places.claim(1);
            claim = held;
        }
        return held;
    }
}
