package dev.tokentape.standalone.demo;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines of a width, between words where it can. */
final class Wrap {

    private Wrap() {}

    /** Where the first line ends if it is complete, because a break or more text than fits follows; else -1. */
    static int firstLine(CharSequence text, int width) {
        for (int i = 0; i < Math.min(text.length(), width + 1); i++) {
            if (text.charAt(i) == '\n') {
                return i;
            }
        }
        if (text.length() <= width) {
            return -1;
        }
        for (int i = width; i > 0; i--) {
            if (text.charAt(i) == ' ') {
                return i;
            }
        }
        return Character.isHighSurrogate(text.charAt(width - 1)) && width > 1 ? width - 1 : width;
    }

    /** Where the line after one that ends there begins: the break itself is not shown. */
    static int nextLine(CharSequence text, int end) {
        return end < text.length() && (text.charAt(end) == '\n' || text.charAt(end) == ' ') ? end + 1 : end;
    }

    /** All lines, the last one as far as it is. */
    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        int end = firstLine(rest, width);
        while (end >= 0) {
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(nextLine(rest, end));
            end = firstLine(rest, width);
        }
        lines.add(rest);
        return lines;
    }
}
