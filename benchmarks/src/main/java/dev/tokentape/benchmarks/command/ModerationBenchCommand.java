package dev.tokentape.benchmarks.command;

import dev.tokentape.benchmarks.pipeline.ModerationBench;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what moderation rules cost. */
@Command(
        name = "moderation",
        description = "Measure how many tokens rules hold back and the time they take, and print a table.",
        footer = {
            "%nBy the rules that come with Tokentape, alone, and with phrases made of the text's own "
                    + "syllables, as literals, as words, and as words with the rule for e-mail addresses switched "
                    + "on. Times are processor time of one thread, so that they mean something on a busy machine "
                    + "too. No Kafka is started."
        })
final class ModerationBenchCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "Text to measure with, in UTF-8. Default: the licences that come with every JDK.")
    private @Nullable Path text;

    @Option(names = "--phrases", description = "Phrases beside the default rules. Default: ${DEFAULT-VALUE}.")
    private int phrases = 10_000;

    @Option(names = "--seconds", description = "How long each set of rules is measured. Default: ${DEFAULT-VALUE}.")
    private int seconds = 3;

    @Option(names = "--warm-up", description = "Seconds to run each before. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 3;

    @Mixin
    private BenchOutput output = new BenchOutput();

    ModerationBenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (phrases < 1 || phrases > 200_000 || seconds < 1 || seconds > 600 || warmUp < 0 || warmUp > 600) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--phrases is 1 to 200000, --seconds 1 to 600, --warm-up 0 to 600");
        }
        if (text != null && !Files.isReadable(text)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot read the text " + text + ": there is no such readable file");
        }
        return output.print(
                        terminal,
                        () -> new ModerationBench(
                                        text, phrases, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds))
                                .run())
                .number();
    }
}
