package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.GatewayUnreachable;
import dev.tokentape.cli.client.ResumingStream;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
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
            "%nA connection that is lost is taken up again where it broke off; after two minutes without "
                    + "the gateway it is given up.",
            "%nWith --timing, one line an event: when it was received from the LLM API, how much later it "
                    + "was put on the tape, and how much later still it was read here (- for events from before this "
                    + "command). A hop that buffers shows as a column in steps."
        })
public final class TailCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Parameters(
            index = "0",
            paramLabel = "CONVERSATION",
            converter = Ids.Conversation.class,
            description = "Id of the conversation, which `ask` prints last.")
    private String conversation = "";

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description = "Where to begin: the id of an event (--json shows it), start, or now. Default: now.")
    private String after = "now";

    @Option(names = "--json", description = "Print each event as the gateway sent it, one JSON object a line.")
    private boolean json;

    @Option(names = "--timing", description = "Print each event with its times.")
    private boolean timing;

    public TailCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws GatewayUnreachable, InterruptedException {
        AnswerPrinter people = new AnswerPrinter(terminal, true);
        TimingLine timingLine = new TimingLine(EventFrame.nowMicros());
        Consumer<EventFrame> printer =
                json ? this::printJson : timing ? frame -> terminal.line(timingLine.of(frame)) : people::print;
        if (timing && !json) {
            terminal.line(TimingLine.HEADER);
        }
        try (TapeClient client = gateway.client()) {
            new ResumingStream(client.address(), client.conversationEvents(conversation), ResumingStream.Patience.USUAL)
                    .follow(after, printer, people::notice, _ -> false);
        }
        return ExitCode.OK.number();
    }

    private void printJson(EventFrame frame) {
        terminal.json(timing ? timed(frame) : frame.json());
    }

    private static JsonNode timed(EventFrame frame) {
        ObjectNode copy = frame.json().deepCopy();
        return copy.put("read_at_us", frame.readAt());
    }
}
