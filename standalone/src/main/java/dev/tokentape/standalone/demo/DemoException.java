package dev.tokentape.standalone.demo;

/** The demonstration could not be brought to its end. */
public final class DemoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DemoException(String message) {
        super(message);
    }
}
