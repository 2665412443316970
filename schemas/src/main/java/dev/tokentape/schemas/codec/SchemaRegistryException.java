package dev.tokentape.schemas.codec;

import org.jspecify.annotations.Nullable;

/** The schema registry could not do what was asked; the message says what, and where the registry is. */
public final class SchemaRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SchemaRegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
