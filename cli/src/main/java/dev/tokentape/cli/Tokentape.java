package dev.tokentape.cli;

import dev.tokentape.cli.command.AskCommand;
import dev.tokentape.cli.command.CancelCommand;
import dev.tokentape.cli.command.CompletionCommand;
import dev.tokentape.cli.command.DecodeCommand;
import dev.tokentape.cli.command.DeleteCommand;
import dev.tokentape.cli.command.GatewayCommand;
import dev.tokentape.cli.command.HasSettings;
import dev.tokentape.cli.command.LsCommand;
import dev.tokentape.cli.command.ModerateCommand;
import dev.tokentape.cli.command.ProcessorCommand;
import dev.tokentape.cli.command.ProducerCommand;
import dev.tokentape.cli.command.RulesCommand;
import dev.tokentape.cli.command.SettingsHelp;
import dev.tokentape.cli.command.ShowCommand;
import dev.tokentape.cli.command.TailCommand;
import dev.tokentape.cli.command.TokenCommand;
import dev.tokentape.cli.command.TopicsCommand;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Failures;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "tokentape",
        description = "Puts every token of an LLM answer on a tape, Kafka, for any number of readers.",
        versionProvider = Tokentape.Version.class,
        exitCodeListHeading = "%nExit codes:%n")
public final class Tokentape implements Runnable {

    private static final String DEMO = "demo";
    private static final int LEAST_HELP_COLUMNS = 80;
    private static final int MOST_HELP_COLUMNS = 110;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more, and print stack traces; twice for still more.",
            scope = ScopeType.INHERIT)
    private boolean[] verbose = {};

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            description = "How log lines look, on stderr. Default: text.",
            defaultValue = "text",
            converter = FormatConverter.class,
            scope = ScopeType.INHERIT)
    private Logging.Format logFormat = Logging.Format.TEXT;

    private Tokentape() {}

    public static void main(String[] arguments) {
        System.exit(run(Terminal.ofProcess(), arguments));
    }

    /**
     * Commands that modules above this one add, since what they need is not on every class path.
     *
     * @param first what a newcomer begins with, listed before the others
     * @param last listed after them
     */
    public record Further(List<Object> first, List<Object> last) {}

    /** Runs one command line of this module's own commands and returns its exit code. */
    public static int run(Terminal terminal, String... arguments) {
        return run(terminal, new Further(List.of(), List.of()), arguments);
    }

    /** Runs one command line and returns its exit code. */
    public static int run(Terminal terminal, Further further, String... arguments) {
        return commandLine(terminal, further).execute(arguments);
    }

    /** The command line with all its commands. */
    public static CommandLine commandLine(Terminal terminal, Further further) {
        Tokentape root = new Tokentape();
        CommandLine line = new CommandLine(root);
        further.first().forEach(line::addSubcommand);
        line.addSubcommand(new GatewayCommand(terminal))
                .addSubcommand(new ProducerCommand(terminal))
                .addSubcommand(new ProcessorCommand(terminal))
                .addSubcommand(new TopicsCommand(terminal))
                .addSubcommand(new AskCommand(terminal))
                .addSubcommand(new LsCommand(terminal))
                .addSubcommand(new ShowCommand(terminal))
                .addSubcommand(new TailCommand(terminal))
                .addSubcommand(new CancelCommand(terminal))
                .addSubcommand(new DeleteCommand(terminal))
                .addSubcommand(new TokenCommand(terminal))
                .addSubcommand(new DecodeCommand(terminal))
                .addSubcommand(new ModerateCommand(terminal, System.in))
                .addSubcommand(RulesCommand.commandLine(terminal));
        further.last().forEach(line::addSubcommand);
        line.addSubcommand(new CompletionCommand(terminal));
        if (line.getSubcommands().containsKey(DEMO)) {
            line.getCommandSpec().usageMessage().footer("%nStart with: tokentape demo");
        }
        line.setOut(terminal.canvas()); // The help has styles of its own, and nothing from outside.
        line.setErr(terminal.errCanvas());
        line.setExecutionStrategy(root::execute);
        line.setExecutionExceptionHandler((thrown, _, _) -> root.failed(terminal, thrown));
        line.setParameterExceptionHandler((wrong, _) -> wrongUse(terminal, wrong));
        withHelp(line, terminal);
        return line;
    }

    private static void withHelp(CommandLine command, Terminal terminal) {
        command.getSubcommands().values().forEach(nested -> withHelp(nested, terminal));
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getCommandSpec()
                .usageMessage()
                .width(Math.clamp(terminal.columns(), LEAST_HELP_COLUMNS, MOST_HELP_COLUMNS))
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.described())
                .sortOptions(false);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        if (command.getCommand() instanceof HasSettings settings) {
            SettingsHelp.addTo(command, settings.readers());
        }
    }

    private int execute(ParseResult parsed) {
        Logging.configure(verbose.length, logFormat);
        return new RunLast().execute(parsed);
    }

    private int failed(Terminal terminal, Exception thrown) {
        CommandFailure failure = Failures.explain(thrown);
        if (thrown instanceof InterruptedException) {
            return ExitCode.INTERRUPTED.number();
        }
        terminal.note("tokentape: " + failure.getMessage());
        if (verbose.length > 0) {
            thrown.printStackTrace(terminal.err());
            terminal.err().flush();
        }
        return failure.exitCode().number();
    }

    private static int wrongUse(Terminal terminal, ParameterException wrong) {
        terminal.note("tokentape: " + WrongUse.told(wrong));
        terminal.note("Try: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    /** Without a command: says which there are. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
            throw new CommandFailure(ExitCode.USAGE, "no command was given");
        }
    }

    static final class FormatConverter implements CommandLine.ITypeConverter<Logging.Format> {
        @Override
        public Logging.Format convert(String value) {
            return switch (value) {
                case "text" -> Logging.Format.TEXT;
                case "json" -> Logging.Format.JSON;
                default -> throw new CommandLine.TypeConversionException("expected text or json, not '" + value + "'");
            };
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Tokentape.class.getPackage().getImplementationVersion();
            return new String[] {
                "Tokentape " + (version == null ? "(development)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
