package dev.tokentape.processor;

import org.jspecify.annotations.Nullable;

/** A processor could not start; the message says why, and what to do. */
public final class ProcessorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProcessorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
