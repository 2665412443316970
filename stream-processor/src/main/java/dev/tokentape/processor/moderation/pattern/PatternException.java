package dev.tokentape.processor.moderation.pattern;

/** A regular expression that cannot be used, with the reason and the place. */
public final class PatternException extends Exception {

    private static final long serialVersionUID = 1L;

    PatternException(String message) {
        super(message);
    }

    PatternException(String message, int position) {
        super(message + ", at character " + (position + 1) + " of the pattern");
    }
}
