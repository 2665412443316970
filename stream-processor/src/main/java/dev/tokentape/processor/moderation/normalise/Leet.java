package dev.tokentape.processor.moderation.normalise;

/**
 * Digits and signs that stand for letters.
 *
 * <p>A sign may stand for several letters (1 for i and l), so matching goes by the class of all that may stand for one
 * another, and what was found that way is looked at again, sign by sign.
 */
public final class Leet {

    private static final String[] CLASSES = {"a4@", "b8", "e3", "g9", "il1!|", "o0", "s5$", "t7", "z2"};
    private static final int[] CLASS_OF = new int[128];

    static {
        for (int i = 0; i < CLASS_OF.length; i++) {
            CLASS_OF[i] = i;
        }
        for (String members : CLASSES) {
            members.chars().forEach(member -> CLASS_OF[member] = members.charAt(0));
        }
    }

    private Leet() {}

    /** The first of those that a skeleton symbol may stand for. */
    public static int classOf(int symbol) {
        return symbol < 128 ? CLASS_OF[symbol] : symbol == Readings.I_OR_L ? 'i' : symbol;
    }

    /** Whether a sign is one of those that stand for letters. */
    public static boolean isSign(int symbol) {
        return symbol < 128 && CLASS_OF[symbol] != symbol && !Readings.isWord(symbol);
    }

    /**
     * Whether a symbol of a text may stand for a symbol of a rule, both of the same class.
     *
     * @param leet whether the rule allows for signs in the place of letters at all
     */
    public static boolean standsFor(int written, int meant, boolean leet) {
        if (written == meant || written >= 128 || meant >= 128) {
            return true;
        }
        return leet && Readings.isWord(meant) && isLetter(written) != isLetter(meant);
    }

    /** Whether a skeleton symbol is a letter. */
    public static boolean isLetter(int symbol) {
        return symbol < 128 ? symbol >= 'a' && symbol <= 'z' : symbol == Readings.I_OR_L || Character.isLetter(symbol);
    }
}
