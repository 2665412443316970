package dev.tokentape.schemas.codec;

/** A record's bytes or fields that cannot be understood. The message names what is wrong and carries no content. */
public final class BadRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadRecordException(String message) {
        super(message);
    }

    public BadRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
