package dev.tokentape.cli.command;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.rules.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Filters standard input to standard output through the matcher that answers pass. */
@Command(
        name = "moderate",
        description = "Filter standard input to standard output by moderation rules, as an answer would be.",
        footer = {
            "%nEnds with 0 where all text went through, masked or not, with 1 where a rule ended it "
                    + "(block, regenerate), and with 2 where the rule file is refused."
        })
public final class ModerateCommand implements Callable<Integer> {

    private static final int USUAL_PIECE = 8192;
    private static final int LONGEST_RANDOM_PIECE = 16;
    private static final int LONGEST_SHOWN = 60;

    private final Terminal terminal;
    private final InputStream input;

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "Rule file. Default: the rules that come with Tokentape.")
    private @Nullable Path rules;

    @Option(
            names = "--channel",
            description = "What the text is: ${COMPLETION-CANDIDATES}. Default: text.",
            converter = ChannelConverter.class,
            completionCandidates = ChannelConverter.Words.class)
    private Channel channel = Channel.TEXT;

    @Option(names = "--chunk", paramLabel = "N", description = "Cut the text into pieces of N characters (UTF-16).")
    private @Nullable Integer chunk;

    @Option(names = "--seed", paramLabel = "S", description = "Cut the text into pieces of random length, 1 to 16.")
    private @Nullable Long seed;

    @Option(
            names = "--trace",
            description = "Tell on stderr, piece by piece, what is held, for which rule, and what rules decide.")
    private boolean trace;

    private long released;
    private long masked;
    private int heldMost;

    public ModerateCommand(Terminal terminal, InputStream input) {
        this.terminal = terminal;
        this.input = input;
    }

    @Override
    public Integer call() throws IOException {
        if (chunk != null && seed != null || chunk != null && chunk < 1) {
            throw new CommandFailure(ExitCode.USAGE, "give --chunk with a number from 1, or --seed, not both");
        }
        HoldBack gate = new RuleGates(RuleSource.read(rules)).gate(channel);
        Reader reader = new InputStreamReader(input, StandardCharsets.UTF_8);
        Random random = seed == null ? null : new Random(seed);
        boolean ended = false;
        long number = 0;
        while (!ended) {
            int length =
                    random != null ? 1 + random.nextInt(LONGEST_RANDOM_PIECE) : chunk != null ? chunk : USUAL_PIECE;
            String piece = read(reader, length);
            if (piece.isEmpty()) {
                break;
            }
            number++;
            ended = show(gate.append(piece), number, piece.length(), gate);
        }
        if (!ended) {
            ended = show(gate.flush(), number + 1, 0, gate);
        }
        terminal.out().flush();
        if (trace) {
            terminal.note("all: %d pieces, %d characters shown, %d findings, at most %d characters held"
                    .formatted(number, released, masked, heldMost));
        }
        return (ended ? ExitCode.FAILED : ExitCode.OK).number();
    }

    /** Where a length was asked for, pieces are filled up, whatever the pipe delivers. */
    private String read(Reader reader, int length) throws IOException {
        char[] piece = new char[length];
        int filled = Math.max(0, reader.read(piece));
        if (chunk != null || seed != null) {
            for (int count = filled; count > 0 && filled < length; filled += count) {
                count = Math.max(0, reader.read(piece, filled, length - filled));
            }
        }
        return new String(piece, 0, filled);
    }

    private boolean show(Released now, long piece, int in, HoldBack gate) {
        terminal.out().print(now.text());
        terminal.out().flush();
        released += now.text().length();
        masked += now.findings().size();
        String held = gate.held();
        heldMost = Math.max(heldMost, held.length());
        if (trace) {
            String waits = held.isEmpty()
                    ? "nothing held"
                    : "%d held for %s: %s".formatted(held.length(), gate.heldFor(), quoted(held));
            String which = in == 0 ? "end" : "piece " + piece;
            terminal.note(
                    "%s: %d in, %d out, %s".formatted(which, in, now.text().length(), waits));
            now.findings().forEach(finding -> terminal.note("  " + described(finding)));
        }
        List<Finding> ends = now.findings().stream()
                .filter(finding -> finding.action().ends())
                .toList();
        if (!ends.isEmpty()) {
            terminal.err().println();
            terminal.note("ended here: " + described(ends.getFirst()));
        }
        return !ends.isEmpty();
    }

    private static String described(Finding finding) {
        return "%s by rule %s (%s)%s"
                .formatted(
                        finding.action().word(),
                        finding.ruleId(),
                        finding.category(),
                        finding.reason() == null ? "" : ": " + finding.reason());
    }

    private static String quoted(String held) {
        String end = held.length() <= LONGEST_SHOWN ? held : "…" + held.substring(held.length() - LONGEST_SHOWN);
        return "\"" + end.replace("\n", "\\n").replace("\"", "\\\"") + "\"";
    }
}
