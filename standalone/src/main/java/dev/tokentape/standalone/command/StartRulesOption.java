package dev.tokentape.standalone.command;

import dev.tokentape.cli.command.RuleSource;
import dev.tokentape.standalone.stack.StartRules;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says by which moderation rules to begin. */
final class StartRulesOption {

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "Put this rule file into force. Default: rules published before stay, else those that come with"
                            + " Tokentape (tokentape rules show).")
    private @Nullable Path file;

    /** @throws dev.tokentape.cli.console.CommandFailure if the file is refused, with every problem of it */
    StartRules rules() {
        return file == null
                ? new StartRules.Shipped()
                : new StartRules.Given(file.toString(), RuleSource.checked(file));
    }
}
