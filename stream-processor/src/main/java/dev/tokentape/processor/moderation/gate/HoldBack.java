package dev.tokentape.processor.moderation.gate;

/**
 * The gate of one content block: text goes in as it comes from the model, and comes out as soon as nothing that may
 * follow can make it forbidden.
 *
 * <p>What comes out over the block's life depends on the whole text alone, never on how it was cut. Not thread-safe.
 */
public interface HoldBack {

    /** Takes the next piece; returns what may be shown now, perhaps nothing, perhaps text of earlier pieces too. */
    Released append(String text);

    /** The block is over: returns what was still held and may be shown. */
    Released flush();

    /** Whether all that was let through is what came, so that a signature of it may be shown. */
    default boolean vouches() {
        return true;
    }

    /** The text that waits to be released, as far as it is not known to be masked. For people who write rules. */
    default String held() {
        return "";
    }

    /** Id of a rule for which text waits; empty if none does. */
    default String heldFor() {
        return "";
    }
}
