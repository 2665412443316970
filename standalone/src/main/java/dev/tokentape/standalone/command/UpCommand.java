package dev.tokentape.standalone.command;

import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Terminal;
import dev.tokentape.standalone.stack.LocalStack;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Runs everything in one process. */
@Command(
        name = "up",
        description = "Run everything in one process: Kafka, simulator, processor, producer and gateway.",
        footer = {
            "%nAnswers come from the simulator (--provider simulator or simulator-anthropic), and from OpenAI",
            "(--provider openai) or Anthropic (--provider anthropic) where OPENAI_API_KEY or ANTHROPIC_API_KEY is set."
        })
public final class UpCommand extends StackCommand {

    public UpCommand(Terminal terminal) {
        super(terminal, "up");
    }

    @Override
    @Nullable
    ExitCode with(LocalStack stack, Path folder) {
        terminal.line("page and API: " + stack.url());
        terminal.line("Kafka:        " + stack.bootstrapServers());
        terminal.line("data:         " + folder);
        terminal.line("Ctrl-C to end");
        return null;
    }
}
