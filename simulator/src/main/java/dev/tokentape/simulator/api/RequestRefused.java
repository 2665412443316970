package dev.tokentape.simulator.api;

/** A request which an API answers with an HTTP error; the message is shown to the client and names what is wrong. */
public final class RequestRefused extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;

    public RequestRefused(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What is wrong. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
