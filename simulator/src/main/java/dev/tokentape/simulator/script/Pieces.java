package dev.tokentape.simulator.script;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into pieces as language models do: a word with the blank before it, long words in two or three, punctuation
 * and line breaks alone, at most three digits, one or two ideographs. A code point is never cut. The pieces joined are
 * the text.
 */
public final class Pieces {

    private Pieces() {}

    /** The pieces of {@code text}. */
    public static List<String> of(String text) {
        var pieces = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            int end = end(text, at);
            split(text, at, end, pieces);
            at = end;
        }
        return pieces;
    }

    /** Cuts {@code text} into pieces of {@code min} to {@code min + 4} characters, as tool arguments come. */
    static List<String> evenly(String text, int min) {
        var pieces = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + min + (text.charAt(at) + at) % 5);
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static int end(String text, int start) {
        int at = start;
        if (text.charAt(at) == ' ') {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            if (at - start > 1 && at < text.length()) {
                return at - 1;
            }
            if (at == text.length()) {
                return at;
            }
        }
        int first = text.codePointAt(at);
        if (first == '\n') {
            if (at > start) {
                return at;
            }
            while (at < text.length() && text.charAt(at) == '\n') {
                at++;
            }
            return at;
        }
        if (ideographic(first)) {
            at += Character.charCount(first);
            if (at < text.length() && ideographic(text.codePointAt(at)) && first % 2 == 0) {
                at += Character.charCount(text.codePointAt(at));
            }
            return at;
        }
        if (Character.isDigit(first)) {
            int digits = 0;
            while (at < text.length() && Character.isDigit(text.charAt(at)) && digits < 3) {
                at++;
                digits++;
            }
            return at;
        }
        if (!wordPart(first)) {
            return at + Character.charCount(first);
        }
        while (at < text.length() && wordPart(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    private static void split(String text, int start, int end, List<String> pieces) {
        int length = end - start;
        boolean word = end > start && wordPart(text.codePointBefore(end));
        int parts = !word || length <= 8 ? 1 : length <= 12 ? 2 : 3;
        int at = start;
        for (int part = 1; part <= parts; part++) {
            int cut = part == parts ? end : start + length * part / parts;
            if (cut < end && Character.isLowSurrogate(text.charAt(cut))) {
                cut++;
            }
            if (cut > at) {
                pieces.add(text.substring(at, cut));
                at = cut;
            }
        }
    }

    private static boolean wordPart(int codePoint) {
        return (Character.isLetter(codePoint) || Character.getType(codePoint) == Character.NON_SPACING_MARK)
                && !ideographic(codePoint);
    }

    private static boolean ideographic(int codePoint) {
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
            default -> false;
        };
    }
}
