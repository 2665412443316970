package dev.tokentape.standalone.command;

import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Terminal;
import dev.tokentape.standalone.stack.LocalStack;
import dev.tokentape.standalone.stack.StartRules;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs everything in one process. */
@Command(
        name = "up",
        description = "Run everything in one process: Kafka, simulator, processor, producer and gateway.",
        footer = {
            "%nProviders: openai, anthropic, gemini, bedrock, ollama and more, each called where its key (OPENAI_API_KEY,"
                    + " ANTHROPIC_API_KEY, …) or provider.NAME.base-url is set, and played by the simulator where not;"
                    + " and simulator, which always is. Ask in another terminal:",
            "  tokentape ask --provider anthropic \"Why is the sky blue?\"",
            "",
            "Single services, and any Kafka tool, find the broker and the schemas with what the line attach: says. The"
                    + " settings are those of the services, whose --help lists them; --print-config shows those in force."
        })
public final class UpCommand extends StackCommand {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9_./:,@%+=-]*");

    @Mixin
    private StartRulesOption startRules = new StartRulesOption();

    public UpCommand(Terminal terminal) {
        super(terminal, "up");
    }

    @Override
    StartRules rules() {
        return startRules.rules();
    }

    @Override
    @Nullable
    ExitCode with(LocalStack stack, Path folder) {
        terminal.line("page and API: " + stack.url());
        terminal.line("Kafka:        " + stack.bootstrapServers());
        terminal.line("data:         " + folder);
        terminal.line("attach:       export "
                + stack.variables().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + quoted(variable.getValue()))
                        .collect(Collectors.joining(" ")));
        terminal.line("rules:        " + stack.rules());
        if (!stack.simulatedVendors().isEmpty()) {
            terminal.line("no key for:   " + String.join(", ", stack.simulatedVendors()) + " (the simulator answers)");
        }
        terminal.line("Ctrl-C to end");
        return null;
    }

    /** As a shell reads it. */
    private static String quoted(String value) {
        return HARMLESS.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
