package dev.tokentape.embeddedkafka;

import org.jspecify.annotations.Nullable;

/** Why an embedded broker could not start; the message names the directory or port, and the way out, in one line. */
public final class EmbeddedKafkaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of obstacle it was. */
    public enum Reason {
        /** Another program listens on the wanted port. */
        PORT_IN_USE,
        /** Another process, or this one, already runs a broker on the directory. */
        DIRECTORY_IN_USE,
        /** The directory holds something else, is damaged, or cannot be written. */
        DIRECTORY_UNUSABLE,
        /** Anything else; the cause says more. */
        START_FAILED
    }

    private final Reason reason;

    EmbeddedKafkaException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
