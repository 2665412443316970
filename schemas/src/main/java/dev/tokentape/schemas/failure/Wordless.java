package dev.tokentape.schemas.failure;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A failure as a log may have it where its cause can be something that a client sent: what it is and where it happened,
 * and of its causes the same, without their messages. Parsers like to quote what they could not read, be it a token, a
 * ticket or a prompt.
 */
public final class Wordless extends Exception {
    private static final long serialVersionUID = 1L;

    /** Longer chains end in the dark; one that leads back to itself would not end at all. */
    private static final int DEEPEST = 10;

    private final String kind;

    private Wordless(String kind, @Nullable Throwable cause) {
        super(kind, cause, false, true);
        this.kind = kind;
    }

    public static Wordless of(Throwable failure) {
        return of(failure, 0);
    }

    private static Wordless of(Throwable failure, int depth) {
        Throwable cause = failure.getCause();
        Wordless wordless = new Wordless(
                failure.getClass().getName(), cause == null || depth == DEEPEST ? null : of(cause, depth + 1));
        wordless.setStackTrace(failure.getStackTrace());
        return wordless;
    }

    /** The kinds of failures in one line, outermost first. */
    public String kinds() {
        StringJoiner kinds = new StringJoiner(" by ");
        for (Throwable each = this; each instanceof Wordless wordless; each = each.getCause()) {
            kinds.add(wordless.kind.substring(wordless.kind.lastIndexOf('.') + 1));
        }
        return kinds.toString();
    }

    @Override
    public String toString() {
        return kind;
    }
}
