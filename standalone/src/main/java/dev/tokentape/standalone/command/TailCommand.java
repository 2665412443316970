package dev.tokentape.standalone.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.standalone.client.Frame;
import dev.tokentape.standalone.client.ResumingStream;
import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a conversation. */
@Command(
        name = "tail",
        description = "Follow a conversation: everything that happens in it, until Ctrl-C.",
        footer = {
            "%nWith --timing, one line an event: when it was received from the LLM API, how much later it was put on",
            "the tape, and how much later still it was read here. A hop that buffers shows as a column in steps."
        })
public final class TailCommand implements Callable<Integer> {

    private static final int RECONNECTS = 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Id of the conversation.")
    private String conversation = "";

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description = "Where to begin: the id of an event, start, or now. Default: now.")
    private String after = "now";

    @Option(names = "--json", description = "Print each event as the gateway sent it, one JSON object a line.")
    private boolean json;

    @Option(names = "--timing", description = "Print each event with its times.")
    private boolean timing;

    public TailCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        AnswerPrinter people = new AnswerPrinter(terminal, true);
        Consumer<Frame> printer =
                json ? this::printJson : timing ? frame -> terminal.line(TimingLine.of(frame)) : people::print;
        if (timing && !json) {
            terminal.line(TimingLine.HEADER);
        }
        try (TapeClient client = gateway.client()) {
            new ResumingStream(client.conversationEvents(conversation), FIRST_PAUSE, RECONNECTS)
                    .follow(after, printer, people::notice, _ -> false);
        }
        return ExitCode.OK.number();
    }

    private void printJson(Frame frame) {
        terminal.line(timing ? timed(frame) : frame.json().toString());
    }

    private static String timed(Frame frame) {
        ObjectNode copy = frame.json().deepCopy();
        return copy.put("read_at_us", frame.readAt()).toString();
    }
}
