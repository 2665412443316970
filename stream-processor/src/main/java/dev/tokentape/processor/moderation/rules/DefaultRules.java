package dev.tokentape.processor.moderation.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The rule file that is in force where nobody has published another. */
public final class DefaultRules {

    private static final String YAML = file();

    /** Read at the first need, and once: a process may publish the file, and then judge by it. */
    private static final class Shipped {
        private static final RuleSet RULES = RuleFile.parse(YAML);
    }

    private DefaultRules() {}

    /**
     * Reads a rule file, this one or another.
     *
     * @throws RuleFileException if anything is wrong with it
     */
    public static RuleSet read(String yaml) {
        return yaml.equals(YAML) ? Shipped.RULES : RuleFile.parse(yaml);
    }

    /** The file as it is, comments and all. */
    public static String yaml() {
        return YAML;
    }

    private static String file() {
        try (InputStream file = DefaultRules.class.getResourceAsStream("default-rules.yaml")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
