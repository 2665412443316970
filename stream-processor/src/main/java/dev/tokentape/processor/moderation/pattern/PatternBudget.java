package dev.tokentape.processor.moderation.pattern;

/**
 * The work that patterns may still cause while they are made into automata: counted, not timed, so that a file is taken
 * or refused alike on every machine. One for all patterns of a file. Not thread-safe.
 */
public final class PatternBudget {

    /** For one pattern; the largest of the default rules takes a third of it. */
    static final long OF_A_PATTERN = 2_000_000;

    /** For all patterns of a file; the default rules take a quarter. About a microsecond each on an idle machine. */
    static final long OF_A_FILE = 4_000_000;

    private long leftOfFile = OF_A_FILE;
    private long leftOfPattern = OF_A_PATTERN;

    /** What has been spent of the file's share. */
    long spent() {
        return OF_A_FILE - leftOfFile;
    }

    void begin() {
        leftOfPattern = OF_A_PATTERN;
    }

    /** @throws PatternException if there is not that much left */
    void spend(long work) throws PatternException {
        leftOfPattern -= work;
        leftOfFile -= work;
        if (leftOfPattern < 0) {
            throw new PatternException(
                    "the pattern is too costly to prepare: it leaves too much open at once; give its "
                            + "repeats smaller bounds, or write what may follow more exactly");
        }
        if (leftOfFile < 0) {
            throw new PatternException(
                    "all patterns of the file together are too costly to prepare; write fewer, or literals and words");
        }
    }
}
