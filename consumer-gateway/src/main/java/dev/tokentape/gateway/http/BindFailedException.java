package dev.tokentape.gateway.http;

/** The gateway cannot listen where it was told to; the message says where, and the way out. */
public final class BindFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BindFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
