package dev.tokentape.producer.provider.wire;

import java.io.IOException;

/** One wire event is larger than allowed. */
final class OversizeEventException extends IOException {
    private static final long serialVersionUID = 1L;

    OversizeEventException(int limit) {
        super("an event of more than %d bytes".formatted(limit));
    }
}
