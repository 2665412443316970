package dev.tokentape.schemas.config;

import java.util.List;

/** Settings that cannot be used; the message names every problem, one a line. */
public final class InvalidSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidSettingsException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
