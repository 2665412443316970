package dev.tokentape.cli.command;

import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the rule file that comes with Tokentape, to start one's own from. */
@Command(name = "show", description = "Print the rule file that comes with Tokentape; a copy is a good beginning.")
final class RulesShowCommand implements Callable<Integer> {

    private final Terminal terminal;

    RulesShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().print(DefaultRules.yaml());
        terminal.out().flush();
        return ExitCode.OK.number();
    }
}
