package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.PipelineReport;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** How every benchmark tells what it found: as lines for people, or as one JSON object. */
final class BenchOutput {

    @Option(names = "--json", description = "Print one JSON object, and nothing else.")
    private boolean json;

    /**
     * Runs a benchmark and prints its report.
     *
     * @throws CommandFailure if it could not be brought to its end
     */
    ExitCode print(Terminal terminal, Callable<? extends PipelineReport> bench) throws Exception {
        try {
            PipelineReport report = bench.call();
            if (json) {
                terminal.json(report.json());
            } else {
                report.lines().forEach(terminal::line);
            }
            return ExitCode.OK;
        } catch (BenchException e) {
            throw new CommandFailure(ExitCode.FAILED, "the benchmark failed: " + e.getMessage(), e);
        }
    }
}
