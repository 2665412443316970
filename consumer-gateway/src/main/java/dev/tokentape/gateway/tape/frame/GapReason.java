package dev.tokentape.gateway.tape.frame;

/** Why a reader could not be given all that it asked for. The word is what clients see. */
public enum GapReason {
    /** What follows the cursor is no longer at hand. */
    CURSOR_TOO_OLD("cursor_too_old"),
    /** The log is not the one that the cursor was made from. */
    LOG_RECREATED("log_recreated"),
    /** The log ends before the cursor's place. */
    CURSOR_AHEAD("cursor_ahead"),
    /** Something was missing in the log, and its repair did not come. */
    REPAIR_FAILED("repair_failed");

    private final String word;

    GapReason(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
