package dev.tokentape.processor.moderation.gate;

/**
 * The gate of a text that several content blocks make together, one after the other: text of them goes in as it comes,
 * and comes out, block by block, as soon as nothing that may follow, in the block or in a later one, can make it
 * forbidden.
 *
 * <p>What comes out depends on the texts of the blocks alone, never on how they were cut. Not thread-safe.
 */
public interface TextHold {

    /** Takes the next piece of the block that grows. */
    void take(String text);

    /** The block that grows is over; what is taken next is of the next one. */
    void endBlock();

    /** No more text will come. */
    void end();

    /** What may be shown now of the first block of which not all was shown. */
    Released release();

    /** Whether nothing that was taken waits. */
    boolean isClear();

    /** Whether all that was let through of the block that {@link #release} tells of is what came. */
    boolean vouches();

    /**
     * Goes on to the next block, where the first one is over and nothing of it waits.
     *
     * @return whether it does
     */
    boolean nextBlock();
}
