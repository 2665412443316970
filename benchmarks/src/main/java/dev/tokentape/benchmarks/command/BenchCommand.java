package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.bench.Benchmark;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures; each benchmark is a command below it. */
@Command(name = "bench", description = "Measure, and print a table or JSON.")
public final class BenchCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    private BenchCommand() {}

    /** The command with all benchmarks below it. */
    public static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new BenchCommand())
                .addSubcommand(new PipelineBenchCommand(terminal))
                .addSubcommand(new UpstreamBenchCommand(terminal))
                .addSubcommand(new BlockBenchCommand(terminal))
                .addSubcommand(new ProcessorBenchCommand(terminal))
                .addSubcommand(new ModerationBenchCommand(terminal))
                .addSubcommand(new ReplayBenchCommand(terminal))
                .addSubcommand(new FaultsBenchCommand(terminal));
        for (Benchmark benchmark : Benchmark.values()) {
            line.addSubcommand(
                    benchmark.name().toLowerCase(Locale.ROOT),
                    new GatewayBenchCommand(terminal, List.of(benchmark), benchmark.description()));
        }
        line.addSubcommand(
                "all",
                new GatewayBenchCommand(
                        terminal,
                        List.of(Benchmark.values()),
                        "All measurements of the gateway, one after another: about ten minutes."));
        return line;
    }

    /** Without a benchmark: says which there are. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
            throw new CommandFailure(ExitCode.USAGE, "no benchmark was named");
        }
    }
}
