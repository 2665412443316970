package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.PipelineFigures;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.command.GatewayOption;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.command.StackCommand;
import dev.tokentape.standalone.stack.LocalStack;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what the whole way of an answer adds to each token. */
@Command(
        name = "pipeline",
        description = "Measure the whole way of an answer in one process, and print a table.",
        footer = {
            "%nFrom the moment the provider's bytes are in the producer until a client of the gateway has "
                    + "read the frame, for one answer at a fixed rate, after a warm-up. Use --data with an empty "
                    + "folder."
        })
final class PipelineBenchCommand extends StackCommand {

    @Option(names = "--tps", description = "Tokens per second. Default: ${DEFAULT-VALUE}.")
    private int tokensPerSecond = 500;

    @Option(names = "--seconds", description = "How long to measure. Default: ${DEFAULT-VALUE}.")
    private int seconds = 20;

    @Option(names = "--warm-up", description = "Seconds to run before. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 15;

    @Mixin
    private BenchOutput output = new BenchOutput();

    PipelineBenchCommand(Terminal terminal) {
        super(terminal, "bench pipeline");
    }

    @Override
    protected ExitCode with(LocalStack stack, Path folder) throws Exception {
        if (tokensPerSecond < 1 || seconds < 1 || seconds > 600 || warmUp < 0 || warmUp > 600) {
            throw new CommandFailure(ExitCode.USAGE, "--tps is at least 1, --seconds 1 to 600, --warm-up 0 to 600");
        }
        try (TapeClient client = new TapeClient(stack.url(), GatewayOption.token(null))) {
            return output.print(
                    terminal,
                    () -> PipelineFigures.measure(
                            client,
                            stack.simulatedProvider(),
                            tokensPerSecond,
                            Duration.ofSeconds(warmUp),
                            Duration.ofSeconds(seconds)));
        }
    }
}
