package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.faults.FaultsBench;
import dev.tokentape.benchmarks.faults.InstallationFault;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Measures how long readers wait after a fault. */
@Command(
        name = "faults",
        description = "Measure how long readers wait after a fault, and print a table with a row for each fault.",
        footer = {
            "%nA broker, the simulator and two each of processors, producers and gateways are started, "
                    + "each a process of its own with the settings it has by default. Answers run, each read over "
                    + "SSE, over WebSocket and by pages, by clients that know both gateways; then the fault "
                    + "happens. What each wait is made of stands beside it."
        })
final class FaultsBenchCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--rounds", description = "Rounds of each fault, 1 to 100. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--answers",
            description = "Answers at a time, 1 to 200; each has three readers. Default: ${DEFAULT-VALUE}.")
    private int answers = 16;

    @Option(
            names = "--away",
            description = "Seconds for which the broker is away in that row, 1 to 600. Default: ${DEFAULT-VALUE}.")
    private int away = 40;

    @Option(names = "--seed", description = "What happens at random. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FAULT",
            converter = FaultConverter.class,
            description = "Only these faults, of: processor-killed, producer-killed, broker-restarted, broker-away,"
                    + " gateway-frozen, gateway-killed, registry-away, random.")
    private List<InstallationFault> only = List.of(InstallationFault.values());

    @Option(
            names = "--logs",
            paramLabel = "FOLDER",
            description = "Keep what the processes say, a file for each. Default: nowhere.")
    private @Nullable Path logs;

    @Mixin
    private BenchOutput output = new BenchOutput();

    FaultsBenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || rounds > 100 || answers < 1 || answers > 200 || away < 1 || away > 600) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--rounds is 1 to 100, --answers 1 to 200, --away 1 to 600 seconds");
        }
        Logging.quietKafka();
        try (BenchFolder folder = BenchFolder.create()) {
            FaultsBench bench = new FaultsBench(
                    folder.path(),
                    new FaultsBench.Options(rounds, answers, Duration.ofSeconds(away), seed, only, logs),
                    terminal::note);
            ExitCode code = output.print(terminal, () -> {
                bench.run();
                return bench;
            });
            return (bench.wrong().isEmpty() ? code : ExitCode.FAILED).number();
        }
    }

    /** Faults by the names that the table's rows have on the command line. */
    static final class FaultConverter implements ITypeConverter<InstallationFault> {
        @Override
        public InstallationFault convert(String name) {
            return Arrays.stream(InstallationFault.values())
                    .filter(fault -> fault.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'%s' is none of %s".formatted(name, List.of(InstallationFault.values()))));
        }
    }
}
