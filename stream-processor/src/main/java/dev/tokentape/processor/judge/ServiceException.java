package dev.tokentape.processor.judge;

/** The moderation service gave no usable answer. Never carries the text that was asked about. */
final class ServiceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String category;

    /** @param category what went wrong in one word, for verdicts */
    ServiceException(String category, String message) {
        super(message);
        this.category = category;
    }

    String category() {
        return category;
    }
}
