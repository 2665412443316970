package dev.tokentape.cli.console;

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

    private static final int FIRST_EMBEDDING = 0x202A;
    private static final int RIGHT_TO_LEFT_OVERRIDE = 0x202E;
    private static final int FIRST_ISOLATE = 0x2066;
    private static final int LAST_ISOLATE = 0x2069;

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

    /**
     * The text without what could steer a terminal, or show it in another order than it is: control characters but line
     * breaks and tabs (C0, DEL, C1), and those that override the direction of writing.
     */
    public static String harmless(String text) {
        if (text.chars().noneMatch(Cells::steers)) {
            return text;
        }
        return text.chars()
                .filter(character -> !steers(character))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The same text in one line: what is named inside a line of ours cannot begin another. */
    public static String inOneLine(String text) {
        return harmless(text)
                .replace('\t', ' ')
                .replaceAll("\\s*[\n\u2028\u2029]\\s*", " ")
                .strip();
    }

    /** JSON in which what could steer a terminal is escaped; equal for whoever parses it. */
    static String escaped(String json) {
        if (json.chars().noneMatch(Cells::steers)) {
            return json;
        }
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        for (int i = 0; i < json.length(); i++) {
            char character = json.charAt(i);
            if (steers(character)) {
                escaped.append("\\u%04x".formatted((int) character));
            } else {
                escaped.append(character);
            }
        }
        return escaped.toString();
    }

    /** Whether a UTF-16 unit could; none that could is above the basic plane. */
    static boolean steers(int character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t'
                || character >= FIRST_EMBEDDING && character <= RIGHT_TO_LEFT_OVERRIDE
                || character >= FIRST_ISOLATE && character <= LAST_ISOLATE;
    }
}
