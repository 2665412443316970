package dev.tokentape.cli.command;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** All about moderation rules. */
@Command(name = "rules", description = "Check, publish and show moderation rules.")
public final class RulesCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    private RulesCommand() {}

    /** With its subcommands. */
    public static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new RulesCommand())
                .addSubcommand(new RulesCheckCommand(terminal))
                .addSubcommand(new RulesPublishCommand(terminal))
                .addSubcommand(new RulesShowCommand(terminal));
    }

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        throw new CommandFailure(ExitCode.USAGE, "say what to do with the rules: check, publish or show");
    }
}
