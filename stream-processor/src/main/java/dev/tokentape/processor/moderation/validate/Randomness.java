package dev.tokentape.processor.moderation.validate;

/** Tells keys from words: keys mix kinds of characters and repeat few. */
final class Randomness {

    private static final double LEAST_BITS = 3.0;

    private Randomness() {}

    /** Whether a text has digits, letters of both cases, and at least three bits of entropy a character. */
    static boolean looksSecret(String match) {
        boolean digits = match.chars().anyMatch(c -> c >= '0' && c <= '9');
        boolean lower = match.chars().anyMatch(c -> c >= 'a' && c <= 'z');
        boolean upper = match.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
        return digits && lower && upper && entropy(match) >= LEAST_BITS;
    }

    /** Shannon's entropy by the frequencies of the text's own characters. Unit: bits a character. */
    static double entropy(String text) {
        return text.chars()
                .distinct()
                .mapToDouble(c -> (double) text.chars().filter(d -> d == c).count() / text.length())
                .map(share -> -share * Math.log(share) / Math.log(2))
                .sum();
    }
}
