package dev.tokentape.standalone.command;

import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.stack.LocalStack;
import dev.tokentape.standalone.stack.StartRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            "%nProviders: openai, anthropic, gemini, bedrock, ollama and more, each called where its key "
                    + "(OPENAI_API_KEY, ANTHROPIC_API_KEY, …) or provider.NAME.base-url is set, and played by the "
                    + "simulator where not; and simulator, which always is. A question that names no provider goes "
                    + "to the first that is called and has a default model, in the order of `tokentape up "
                    + "--print-config`'s providers; where none is, to the simulator. Another by "
                    + "gateway.default-provider. Ask in another terminal:",
            "  tokentape ask \"Why is the sky blue?\"",
            "",
            "Single services, and any Kafka tool, find the broker and the schemas with what the line "
                    + "attach: says. The settings are those of the services, whose --help lists them; --print-config "
                    + "shows those in force."
        })
public final class UpCommand extends StackCommand {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9_./:,@%+=-]*");

    @Mixin
    private StartRulesOption startRules = new StartRulesOption();

    public UpCommand(Terminal terminal) {
        super(terminal, "up");
    }

    @Override
    protected StartRules rules() {
        return startRules.rules();
    }

    @Override
    @Nullable
    protected ExitCode with(LocalStack stack, Path folder) {
        terminal.line("page and API: " + stack.url());
        terminal.line("Kafka:        " + stack.bootstrapServers());
        terminal.line("data:         " + folder);
        terminal.line("attach:       export "
                + stack.variables().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + quoted(variable.getValue()))
                        .collect(Collectors.joining(" ")));
        terminal.line("rules:        " + stack.rules());
        answering(stack).forEach(terminal::line);
        terminal.line("Ctrl-C to end");
        return null;
    }

    /** Who answers: for whoever names no provider, and where nobody but the simulator does. */
    private static List<String> answering(LocalStack stack) {
        List<String> lines = new ArrayList<>();
        Map<String, String> models = stack.defaultModels();
        String provider = stack.defaultProvider();
        boolean real = stack.calledVendors().contains(provider);
        lines.add("asks go to:   " + provider
                + (models.containsKey(provider) ? ", model " + models.get(provider) : "")
                + (real || !stack.calledVendors().isEmpty()
                        ? "; others by --provider"
                        : ": no key is set, so no real model answers. With a key, such as OPENAI_API_KEY, one does"));
        List<String> nameless = stack.calledVendors().stream()
                .filter(vendor -> !models.containsKey(vendor))
                .toList();
        if (!nameless.isEmpty()) {
            lines.add("name a model: " + String.join(", ", nameless) + " (--model, or --set gateway.default-models="
                    + nameless.getFirst() + "=MODEL)");
        }
        if (!stack.simulatedVendors().isEmpty()) {
            lines.add("simulated:    " + String.join(", ", stack.simulatedVendors())
                    + " (no key: the simulator answers in their place)");
        }
        return lines;
    }

    /** As a shell reads it. */
    private static String quoted(String value) {
        return HARMLESS.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
