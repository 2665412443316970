package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a conversation as it stands. */
@Command(
        name = "show",
        description = "Show a conversation as it stands: every question and answer, and what still runs.",
        footer = "%nTo follow what runs: tokentape tail CONVERSATION")
public final class ShowCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Parameters(
            index = "0",
            paramLabel = "CONVERSATION",
            converter = Ids.Conversation.class,
            description = "Id of the conversation, which `ask` prints last and `ls` lists.")
    private String conversation = "";

    @Option(names = "--json", description = "Print all of it as one JSON object, as the gateway gives it.")
    private boolean json;

    public ShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        JsonNode state;
        try (TapeClient client = gateway.client()) {
            state = client.conversationState(conversation);
        }
        if (json) {
            terminal.json(state);
            return ExitCode.OK.number();
        }
        if (state.path("turns").isEmpty() && state.path("open").isEmpty()) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "nothing was said in conversation " + conversation + "; `tokentape ls` lists those");
        }
        AnswerPrinter printer = new AnswerPrinter(terminal, true);
        for (JsonNode turn : state.path("turns")) {
            printer.whole(turn);
            printer.finish();
        }
        for (JsonNode open : state.path("open")) {
            printer.whole(open);
            printer.finish();
            terminal.line("[" + open.path("status").asText() + "]");
        }
        return ExitCode.OK.number();
    }
}
