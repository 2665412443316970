package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.BlockBench;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.standalone.command.StackCommand;
import dev.tokentape.standalone.stack.LocalStack;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how soon a blocked answer's connection to the provider is closed. */
@Command(
        name = "block",
        description = "Measure how soon a block closes the connection to the provider, and print a table.",
        footer = {
            "%nEverything in one process; the simulator's log of calls tells when the connection was "
                    + "closed. Publishes rules of its own, so use --data with an empty folder."
        })
final class BlockBenchCommand extends StackCommand {

    @Option(names = "--answers", description = "Answers to block. Default: ${DEFAULT-VALUE}.")
    private int answers = 200;

    @Option(names = "--warm-up", description = "Answers to block before. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 50;

    @Mixin
    private BenchOutput output = new BenchOutput();

    BlockBenchCommand(Terminal terminal) {
        super(terminal, "bench block");
    }

    @Override
    protected ExitCode with(LocalStack stack, Path folder) throws Exception {
        if (answers < 1 || answers > 100_000 || warmUp < 0 || warmUp > 100_000) {
            throw new CommandFailure(ExitCode.USAGE, "--answers is 1 to 100000, --warm-up 0 to 100000");
        }
        RulePublisher.publish(stack.kafka(), stack.topics(), BlockBench.RULES);
        try (TapeClient client = new TapeClient(stack.url())) {
            BlockBench bench = new BlockBench(client, stack.simulatedProvider(), stack.simulatorUrl());
            return output.print(terminal, () -> {
                bench.run(warmUp, answers);
                return bench;
            });
        }
    }
}
