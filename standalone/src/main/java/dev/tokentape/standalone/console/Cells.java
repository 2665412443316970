package dev.tokentape.standalone.console;

/** How much room text takes on a terminal, in cells: Chinese characters and emoji take two, combining marks none. */
public final class Cells {

    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF},
        {0x1F900, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private Cells() {}

    /** Cells of a whole text. */
    public static int of(CharSequence text) {
        return text.codePoints().map(Cells::of).sum();
    }

    /** Cells of one character. */
    public static int of(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (codePoint >= range[0] && codePoint <= range[1]) {
                return 2;
            }
        }
        return 1;
    }

    /** The text without control characters but line breaks and tabs, so that no answer can steer the terminal. */
    public static String harmless(String text) {
        if (text.chars().noneMatch(Cells::steers)) {
            return text;
        }
        return text.codePoints()
                .filter(character -> !steers(character))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean steers(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t';
    }
}
