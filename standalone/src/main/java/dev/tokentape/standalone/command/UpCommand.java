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
            "%nProviders: openai, anthropic, gemini, bedrock, ollama and more, each called where its key (OPENAI_API_KEY,",
            "ANTHROPIC_API_KEY, …) or provider.NAME.base-url is set, and played by the simulator where not; and",
            "simulator, which always is. Ask in another terminal:",
            "  tokentape ask --provider anthropic \"Why is the sky blue?\""
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
        if (!stack.simulatedVendors().isEmpty()) {
            terminal.line("no key for:   " + String.join(", ", stack.simulatedVendors()) + " (the simulator answers)");
        }
        terminal.line("Ctrl-C to end");
        return null;
    }
}
