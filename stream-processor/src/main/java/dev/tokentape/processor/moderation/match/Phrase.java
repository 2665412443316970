package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Leet;

/**
 * A literal or a word of a rule.
 *
 * @param rule the rule's place in its list
 * @param meant its skeleton symbols
 * @param leet whether digits and signs may stand for its letters
 */
record Phrase(int rule, int[] meant, boolean leet) {

    /** Whether what is written from an index on, known to be of the same classes, may be read as this phrase. */
    boolean isAt(SymbolWindow window, long start) {
        boolean letters = false;
        boolean lettersMeant = false;
        for (int i = 0; i < meant.length; i++) {
            int written = window.symbol(start + i);
            if (!Leet.standsFor(written, meant[i], leet)) {
                return false;
            }
            letters |= Leet.isLetter(written);
            lettersMeant |= Leet.isLetter(meant[i]);
        }
        return letters || !lettersMeant;
    }
}
