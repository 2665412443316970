package dev.tokentape.producer.provider.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A binary frame is not what its lengths and checksums say. */
final class CorruptFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptFrameException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
