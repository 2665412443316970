package dev.tokentape.processor.moderation.normalise;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;

/**
 * The two ways in which rules read text.
 *
 * <p>Both take compatibility forms apart (NFKD), drop marks and what is invisible, and read a character that looks like
 * an ASCII one (UTS 39) as that. {@link #SKELETON}, for words and literals, folds case as well; which digits and signs
 * may stand for letters is {@link Leet}'s to say. {@link #PLAIN}, for patterns, keeps case, since keys differ by it,
 * and leaves ASCII as it is.
 */
public final class Readings {

    /** A letter of another script that looks like i and like l. */
    static final int I_OR_L = 0xE001;

    private static final Normalizer2 NFKD = Normalizer2.getNFKDInstance();
    private static final SpoofChecker LOOKS = new SpoofChecker.Builder().build();

    public static final SymbolMap SKELETON = new SymbolMap(Readings::skeleton);
    public static final SymbolMap PLAIN = new SymbolMap(Readings::plain);

    private Readings() {}

    /** Whether a symbol belongs to a word. */
    public static boolean isWord(int symbol) {
        return symbol < 128
                ? symbol >= '0' && symbol <= '9'
                        || symbol >= 'a' && symbol <= 'z'
                        || symbol >= 'A' && symbol <= 'Z'
                        || symbol == '_'
                : symbol == I_OR_L || Character.isLetterOrDigit(symbol);
    }

    private static int[] skeleton(int codePoint) {
        if (isDropped(codePoint)) {
            return new int[0];
        }
        if (codePoint < 128) {
            return new int[] {Character.toLowerCase(codePoint)};
        }
        String apart = NFKD.normalize(Character.toString(codePoint));
        StringBuilder read = new StringBuilder();
        apart.codePoints().forEach(part -> {
            if (part < 128) {
                read.appendCodePoint(part);
            } else {
                String look = LOOKS.getSkeleton(Character.toString(part));
                read.append(look.equals("l") ? Character.toString(I_OR_L) : look);
            }
        });
        return settled(UCharacter.foldCase(NFKD.normalize(read.toString()), true));
    }

    private static int[] plain(int codePoint) {
        if (isDropped(codePoint)) {
            return new int[0];
        }
        if (codePoint < 128) {
            return new int[] {codePoint};
        }
        String apart = NFKD.normalize(Character.toString(codePoint));
        StringBuilder read = new StringBuilder();
        apart.codePoints().forEach(part -> {
            int digit = Character.digit(part, 10);
            if (part < 128) {
                read.appendCodePoint(part);
            } else if (digit >= 0) {
                read.append(digit);
            } else {
                String look = LOOKS.getSkeleton(Character.toString(part));
                boolean ascii = look.chars().allMatch(c -> c < 128 || isDropped(c));
                read.append(
                        !ascii
                                ? Character.toString(part)
                                : look.equals("l") && UCharacter.isUUppercase(part) ? "I" : look);
            }
        });
        return settled(read.toString());
    }

    private static int[] settled(String text) {
        return text.codePoints().filter(c -> !isDropped(c)).toArray();
    }

    /** Whether a code point leaves no trace: marks over letters, and what has no width. */
    static boolean isDropped(int codePoint) {
        if (codePoint < 128) {
            return codePoint < ' ' && (codePoint < '\t' || codePoint > '\r') || codePoint == 127;
        }
        if (UCharacter.hasBinaryProperty(codePoint, UProperty.DEFAULT_IGNORABLE_CODE_POINT)) {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.ENCLOSING_MARK -> true;
            // Vowel signs of other scripts are letters in all but name.
            case Character.NON_SPACING_MARK ->
                switch (UScript.getScript(codePoint)) {
                    case UScript.INHERITED,
                            UScript.COMMON,
                            UScript.LATIN,
                            UScript.GREEK,
                            UScript.CYRILLIC,
                            UScript.HEBREW,
                            UScript.ARABIC,
                            UScript.SYRIAC -> true;
                    default -> false;
                };
            case Character.CONTROL -> codePoint != 0x85;
            default -> false;
        };
    }
}
