package dev.tokentape.benchmarks;

import dev.tokentape.benchmarks.command.BenchCommand;
import dev.tokentape.cli.Tokentape;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.Standalone;
import java.util.stream.Stream;

/** The command line of a checkout: all there is, and the benchmarks. */
public final class Checkout {

    private Checkout() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        System.exit(Tokentape.run(terminal, commands(terminal), arguments));
    }

    /** What the modules below add to the command line, and this one's benchmarks. */
    public static Tokentape.Further commands(Terminal terminal) {
        Tokentape.Further local = Standalone.commands(terminal);
        return new Tokentape.Further(
                local.first(),
                Stream.concat(local.last().stream(), Stream.of(BenchCommand.commandLine(terminal)))
                        .toList());
    }
}
