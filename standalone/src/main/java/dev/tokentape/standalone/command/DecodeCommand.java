package dev.tokentape.standalone.command;

import dev.tokentape.producer.provider.RecordedBody;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs recorded response bodies through an API's reducer. */
@Command(
        name = "decode",
        description = "Decode recorded bodies of streamed responses; prints one JSON object a line for each file.")
public final class DecodeCommand implements Callable<Integer> {

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
    private int chunk;

    @Option(names = "--events", description = "Add every event, as the field events.")
    private boolean events;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Recorded bodies.")
    private List<Path> files = List.of();

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
        if (chunk < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--chunk " + chunk + " is negative");
        }
        boolean allEnded = true;
        for (Path file : files) {
            allEnded &= decode(file);
        }
        return (allEnded ? ExitCode.OK : ExitCode.FAILED).number();
    }

    private boolean decode(Path file) throws IOException {
        byte[] body;
        try {
            body = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "cannot read " + file + ": " + e, e);
        }
        List<TokenEvent> decoded = new ArrayList<>();
        RecordedBody.decode(api, body, chunk, decoded::add);
        DecodedBody result = new DecodedBody(file.toString(), decoded);
        terminal.line(result.json(events).toString());
        return result.ended();
    }

    /** The names of the APIs, for {@code --help}. */
    static final class Apis implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return RecordedBody.apis().iterator();
        }
    }
}
