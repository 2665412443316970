package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.UpstreamBench;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.producer.ProducerConfig;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one producer with many streams. */
@Command(
        name = "upstream",
        description = "Measure one producer process with many streams from a simulator, and print a table.",
        footer = {
            "%nThe producer and the simulator are processes of their own, the Kafka broker is in this "
                    + "one. After a warm-up by a quarter of them the streams start over ten seconds, all run for "
                    + "the time given, and on to their ends. Times are of all events from the start of that time to "
                    + "the last end. Takes the time given and about a minute; three minutes more, at most, where "
                    + "the machine is too slow for so many."
        })
public final class UpstreamBenchCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--streams", description = "Answers at a time. Default: ${DEFAULT-VALUE}.")
    private int streams = 2_000;

    @Option(names = "--tps", description = "Tokens per second of each. Default: ${DEFAULT-VALUE}.")
    private int tokensPerSecond = 20;

    @Option(names = "--seconds", description = "How long to measure. Default: ${DEFAULT-VALUE}.")
    private int seconds = 30;

    @Option(
            names = "--linger",
            description =
                    "producer.linger in milliseconds: how long a record waits for company. Default: ${DEFAULT-VALUE}.")
    private int lingerMillis = (int) ProducerConfig.DEFAULT_LINGER.toMillis();

    @Mixin
    private BenchOutput output = new BenchOutput();

    public UpstreamBenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (streams < 1
                || streams > 20_000
                || tokensPerSecond < 1
                || seconds < 1
                || seconds > 600
                || lingerMillis < 0) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--streams is 1 to 20000, --tps at least 1, --seconds 1 to 600, --linger at least 0");
        }
        Logging.quietKafka();
        try (BenchFolder folder = BenchFolder.create()) {
            UpstreamBench bench = new UpstreamBench(streams, tokensPerSecond, seconds, Duration.ofMillis(lingerMillis));
            return output.print(terminal, () -> bench.run(folder.path())).number();
        }
    }
}
