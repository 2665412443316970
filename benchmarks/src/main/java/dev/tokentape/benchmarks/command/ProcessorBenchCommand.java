package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.ProcessorBench;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the processor alone. */
@Command(
        name = "processor",
        description = "Measure the stream processor alone on a full journal, and print a table.",
        footer = {
            "%nThe journal is written first; then the processor starts, and the time is taken from the first events on"
                    + " llm.tokens to the last. The broker is in this process."
        })
final class ProcessorBenchCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--tokens", description = "Tokens in all. Default: ${DEFAULT-VALUE}.")
    private int tokens = 1_000_000;

    @Option(names = "--answers", description = "Answers that run at once. Default: ${DEFAULT-VALUE}.")
    private int answers = 200;

    @Option(names = "--threads", description = "Stream threads. Default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Mixin
    private BenchOutput output = new BenchOutput();

    ProcessorBenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (tokens < 1 || tokens > 20_000_000 || answers < 1 || answers > 10_000 || threads < 1 || threads > 64) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--tokens is 1 to 20000000, --answers 1 to 10000, --threads 1 to 64");
        }
        Logging.quietKafka();
        try (BenchFolder folder = BenchFolder.create()) {
            ProcessorBench bench = new ProcessorBench(folder.path(), tokens, answers, threads);
            return output.print(terminal, () -> {
                        bench.run();
                        return bench;
                    })
                    .number();
        }
    }
}
