package dev.tokentape.processor.moderation.match;

/**
 * One way of matching, at work on one reading of one stretch of text: takes its symbols one by one, and knows the
 * earliest one that may still be the first of a match. Not thread-safe.
 */
interface Engine {

    /** Is told of matches: symbols from start to before end. */
    @FunctionalInterface
    interface Sink {
        void found(int rule, long start, long end);
    }

    /** Takes the symbol at the window's last index. */
    void take(int symbol, long index);

    /**
     * A block of the text ends here, and the next one begins: what ends with the block is found as at the end, what may
     * go on stays live, and the next block begins as a text does.
     */
    void seam(long index);

    /** The text ends here: what only waited for that is found. Afterwards nothing is live. */
    void end(long index);

    /** The first index of the earliest match that may still come about; {@code next} if there is none. */
    long earliest(long next);

    /** A rule that the earliest live start may be a match of; only where there is one. */
    int owner();
}
