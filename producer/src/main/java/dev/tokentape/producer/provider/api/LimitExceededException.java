package dev.tokentape.producer.provider.api;

/** A provider sends more than {@link Limits} allow; becomes a failed answer. */
final class LimitExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    LimitExceededException(String code, String message) {
        super(message);
        this.code = code;
    }

    String code() {
        return code;
    }
}
