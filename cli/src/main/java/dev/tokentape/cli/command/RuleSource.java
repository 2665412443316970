package dev.tokentape.cli.command;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleFileException;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where commands get their rules from. */
public final class RuleSource {

    private RuleSource() {}

    /** A file's text, or that of the default rules. */
    public static String text(@Nullable Path file) {
        if (file == null) {
            return DefaultRules.yaml();
        }
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot read the rule file " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot read the rule file " + file + ": " + e, e);
        }
    }

    public static RuleSet read(@Nullable Path file) {
        return parsed(file, text(file));
    }

    /** A file's text, which is a rule file. */
    public static String checked(Path file) {
        String yaml = text(file);
        parsed(file, yaml);
        return yaml;
    }

    private static RuleSet parsed(@Nullable Path file, String yaml) {
        try {
            return RuleFile.parse(yaml);
        } catch (RuleFileException e) {
            throw new CommandFailure(ExitCode.USAGE, file + ": " + e.getMessage(), e);
        }
    }
}
