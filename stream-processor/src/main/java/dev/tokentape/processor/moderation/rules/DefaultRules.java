package dev.tokentape.processor.moderation.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The rule file that is in force where nobody has published another. */
public final class DefaultRules {

    private DefaultRules() {}

    /** The file as it is, comments and all. */
    public static String yaml() {
        try (InputStream file = DefaultRules.class.getResourceAsStream("default-rules.yaml")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
