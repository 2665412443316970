package dev.tokentape.schemas.codec;

import org.jspecify.annotations.Nullable;

/** The schema registry could not do what was asked; the message says what, and where the registry is. */
public sealed class SchemaRegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SchemaRegistryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The registry has answered, and knows no schema of this id: asking again will not help. */
    public static final class UnknownSchema extends SchemaRegistryException {
        private static final long serialVersionUID = 1L;

        public UnknownSchema(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
