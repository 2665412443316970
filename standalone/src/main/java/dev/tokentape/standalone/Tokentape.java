package dev.tokentape.standalone;

import dev.tokentape.standalone.command.AskCommand;
import dev.tokentape.standalone.command.BenchCommand;
import dev.tokentape.standalone.command.CancelCommand;
import dev.tokentape.standalone.command.CompletionCommand;
import dev.tokentape.standalone.command.DecodeCommand;
import dev.tokentape.standalone.command.DeleteCommand;
import dev.tokentape.standalone.command.DemoCommand;
import dev.tokentape.standalone.command.GatewayCommand;
import dev.tokentape.standalone.command.HasSettings;
import dev.tokentape.standalone.command.LsCommand;
import dev.tokentape.standalone.command.ModerateCommand;
import dev.tokentape.standalone.command.ProcessorCommand;
import dev.tokentape.standalone.command.ProducerCommand;
import dev.tokentape.standalone.command.RulesCommand;
import dev.tokentape.standalone.command.SettingsHelp;
import dev.tokentape.standalone.command.ShowCommand;
import dev.tokentape.standalone.command.SimulatorCommand;
import dev.tokentape.standalone.command.TailCommand;
import dev.tokentape.standalone.command.TokenCommand;
import dev.tokentape.standalone.command.TopicsCommand;
import dev.tokentape.standalone.command.UpCommand;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Failures;
import dev.tokentape.standalone.console.Logging;
import dev.tokentape.standalone.console.Terminal;
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
        exitCodeListHeading = "%nExit codes:%n",
        footer = "%nStart with: tokentape demo")
public final class Tokentape implements Runnable {

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

    /** Runs one command line and returns its exit code. */
    public static int run(Terminal terminal, String... arguments) {
        return commandLine(terminal).execute(arguments);
    }

    static CommandLine commandLine(Terminal terminal) {
        Tokentape root = new Tokentape();
        CommandLine line = new CommandLine(root)
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new UpCommand(terminal))
                .addSubcommand(new GatewayCommand(terminal))
                .addSubcommand(new ProducerCommand(terminal))
                .addSubcommand(new ProcessorCommand(terminal))
                .addSubcommand(new SimulatorCommand(terminal))
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
                .addSubcommand(RulesCommand.commandLine(terminal))
                .addSubcommand(BenchCommand.commandLine(terminal))
                .addSubcommand(new CompletionCommand(terminal));
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
