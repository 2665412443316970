package dev.tokentape.cli.command;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.producer.provider.http.RecordedBody;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs recorded response bodies through an API's reducer. */
@Command(
        name = "decode",
        description = "Decode recorded bodies of streamed responses; prints one JSON object a line for each file.",
        footer = {
            "%nusage is counted as in OpenTelemetry, the same for every API: input_tokens includes those cached,"
                    + " output_tokens includes those of thinking.",
            "%nExit code 0: every file held a stream of the API; how it ended, be it in an error of the "
                    + "provider or broken off, is said by terminal, stop_reason and error. 1: a file held nothing of "
                    + "such a stream (its line is printed too). 2: a file could not be read (the others are decoded "
                    + "all the same), or wrong use."
        })
public final class DecodeCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    private final Terminal terminal;

    @Option(
            names = "--api",
            required = true,
            description = "The API that sent the bodies: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Apis.class)
    private String api = "";

    @Option(
            names = "--chunk",
            paramLabel = "BYTES",
            description = "Cut the body into pieces of this size, as a network may. Default: in one piece.")
    private @Nullable Integer chunk;

    @Option(names = "--events", description = "Add every event, as the field events.")
    private boolean events;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Recorded bodies; - reads one from the standard input.")
    private List<String> files = List.of();

    public DecodeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!RecordedBody.apis().contains(api)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--api " + api + " is not known; known are " + String.join(", ", RecordedBody.apis()));
        }
        if (chunk != null && chunk < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--chunk is " + chunk + ": expected 1 or more bytes");
        }
        ExitCode code = ExitCode.OK;
        for (String file : files) {
            byte[] body;
            try {
                body = file.equals(STANDARD_INPUT) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
            } catch (IOException | InvalidPathException e) {
                terminal.note("tokentape: " + Unreadable.words(file, e));
                code = ExitCode.USAGE;
                continue;
            }
            DecodedBody decoded = decode(file, body);
            terminal.json(decoded.json(events));
            if (decoded.foreign()) {
                terminal.note("tokentape: " + file + " holds nothing of a stream of " + api);
                code = code == ExitCode.USAGE ? code : ExitCode.FAILED;
            }
        }
        return code.number();
    }

    private DecodedBody decode(String file, byte[] body) {
        List<TokenEvent> decoded = new ArrayList<>();
        RecordedBody.decode(api, body, chunk == null ? 0 : chunk, decoded::add);
        return new DecodedBody(file, decoded);
    }

    /** The names of the APIs, for {@code --help}. */
    static final class Apis implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return RecordedBody.apis().iterator();
        }
    }
}
