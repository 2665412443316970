package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.bench.Benchmark;
import dev.tokentape.benchmarks.bench.Scale;
import dev.tokentape.benchmarks.pipeline.TableReport;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a gateway in a process of its own, with readers in another and the broker in this one. */
@Command(
        footer = {
            "%nEverything is started for the measurement, on free ports, with data in a folder of its "
                    + "own, and is gone afterwards. Figures mean something only where nothing else runs; the load "
                    + "of the machine is printed with them."
        })
final class GatewayBenchCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final List<Benchmark> benchmarks;
    private final String description;

    @Option(names = "--seconds", description = "How long each pace is measured, 1 to 600. Default: ${DEFAULT-VALUE}.")
    private int seconds = (int) Scale.FULL.length().toSeconds();

    @Option(
            names = "--warm-up",
            description =
                    "Seconds at each pace before, at least, 0 to 600; up to six times as long, until the gateway's"
                            + " code is compiled. Default: ${DEFAULT-VALUE}.")
    private int warmUp = (int) Scale.FULL.warmUp().toSeconds();

    @Option(
            names = "--scale",
            description = "Part of the readers, connections and events that the published figures have, above 0 to 2."
                    + " Default: ${DEFAULT-VALUE}.")
    private double scale = 1;

    @Mixin
    private BenchOutput output = new BenchOutput();

    GatewayBenchCommand(Terminal terminal, List<Benchmark> benchmarks, String description) {
        this.terminal = terminal;
        this.benchmarks = benchmarks;
        this.description = description;
    }

    @Spec
    void describe(@Nullable CommandSpec spec) {
        if (spec != null) {
            spec.usageMessage().description(description);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 1 || seconds > 600 || warmUp < 0 || warmUp > 600 || !(scale > 0) || scale > 2) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--seconds is 1 to 600, --warm-up 0 to 600, --scale above 0 and at most 2");
        }
        Logging.quietKafka();
        Scale asked = new Scale(Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds), scale);
        for (Benchmark benchmark : benchmarks) {
            output.print(terminal, () -> new TableReport(benchmark.run(asked)));
        }
        return ExitCode.OK.number();
    }
}
