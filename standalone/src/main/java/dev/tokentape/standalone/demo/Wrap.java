package dev.tokentape.standalone.demo;

import dev.tokentape.cli.console.Cells;
import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines of a width in cells, between words where it can. */
final class Wrap {

    private Wrap() {}

    /** Where the first line ends if it is complete, because a break or more text than fits follows; else -1. */
    static int firstLine(CharSequence text, int width) {
        int cells = 0;
        int lastBlank = -1;
        int at = 0;
        while (at < text.length()) {
            int character = Character.codePointAt(text, at);
            if (character == '\n') {
                return at;
            }
            lastBlank = character == ' ' ? at : lastBlank;
            cells += Cells.of(character);
            if (cells > width) {
                return lastBlank > 0 ? lastBlank : Math.max(at, Character.charCount(character));
            }
            at += Character.charCount(character);
        }
        return -1;
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
