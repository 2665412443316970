package dev.tokentape.standalone;

import dev.tokentape.cli.Tokentape;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.command.DemoCommand;
import dev.tokentape.standalone.command.SimulatorCommand;
import dev.tokentape.standalone.command.UpCommand;
import java.util.List;

/** The command line together with what runs everything in one process, and the simulator. */
public final class Standalone {

    private Standalone() {}

    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        System.exit(Tokentape.run(terminal, commands(terminal), arguments));
    }

    /** What this module adds to the command line. */
    public static Tokentape.Further commands(Terminal terminal) {
        return new Tokentape.Further(
                List.of(new DemoCommand(terminal), new UpCommand(terminal)), List.of(new SimulatorCommand(terminal)));
    }
}
