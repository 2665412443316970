package dev.tokentape.producer.provider.api;

/**
 * Bounds on what one provider may send for one answer; beyond them the answer fails.
 *
 * @param eventBytes most bytes of one wire event
 * @param answerCharacters most characters of all deltas and of all data about them together
 * @param blocks most content blocks of all choices together
 * @param choices most alternative answers
 */
public record Limits(int eventBytes, int answerCharacters, int blocks, int choices) {

    public static final Limits DEFAULT = new Limits(8 * 1024 * 1024, 16 * 1024 * 1024, 10_000, 128);

    /** Most characters of opaque data in one event of ours, so that its record fits on the topic in any script. */
    static final int OPAQUE_CHARACTERS = 2_500_000;

    /** Most characters of a tool call's id, in which some servers carry what they need again. */
    static final int CALL_ID_CHARACTERS = 65_536;

    /** Most characters of a name or another id. */
    static final int NAME_CHARACTERS = 4_096;
}
