package dev.tokentape.schemas.topic;

/** The cluster's topics are not as the catalogue needs them; the message names every problem and the way out. */
public final class TopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TopicException(String message) {
        super(message);
    }

    public TopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
