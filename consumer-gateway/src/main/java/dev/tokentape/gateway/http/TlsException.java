package dev.tokentape.gateway.http;

/** The certificate or its key cannot be used; the message says which files, and what is expected. */
public final class TlsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
