package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.ReplayBench;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how soon another processor goes on where one was killed. */
@Command(
        name = "replay",
        description = "Measure how soon another processor goes on where one was killed, and print a table.",
        footer = {
            "%nTwo processors hold open answers; one of them, a process of its own, is killed. The time "
                    + "until its partitions are taken over is given apart from the time that the replay then takes."
        })
final class ReplayBenchCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--answers", description = "Open answers in each of the two. Default: ${DEFAULT-VALUE}.")
    private int answers = 1_000;

    @Option(names = "--tokens", description = "Tokens of each before the kill. Default: ${DEFAULT-VALUE}.")
    private int tokens = 100;

    @Option(
            names = "--session-timeout",
            description = "processor.session-timeout in milliseconds. Default: ${DEFAULT-VALUE}.")
    private int sessionTimeout = 6_000;

    @Mixin
    private BenchOutput output = new BenchOutput();

    ReplayBenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (answers < 1
                || answers > 10_000
                || tokens < 1
                || tokens > 10_000
                || sessionTimeout < 500
                || sessionTimeout > 60_000) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--answers and --tokens are 1 to 10000, --session-timeout 500 to 60000");
        }
        Logging.quietKafka();
        try (BenchFolder folder = BenchFolder.create()) {
            ReplayBench bench = new ReplayBench(folder.path(), answers, tokens, Duration.ofMillis(sessionTimeout));
            return output.print(terminal, () -> {
                        bench.run();
                        return bench;
                    })
                    .number();
        }
    }
}
