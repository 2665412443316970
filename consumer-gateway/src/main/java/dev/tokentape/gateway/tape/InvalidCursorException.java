package dev.tokentape.gateway.tape;

/** A cursor that no gateway has given out: malformed, or of another conversation. */
public final class InvalidCursorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidCursorException(String message) {
        super(message);
    }
}
