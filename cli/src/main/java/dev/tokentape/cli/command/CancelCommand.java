package dev.tokentape.cli.command;

import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Cancels an answer. */
@Command(name = "cancel", description = "Cancel an answer: the call to the LLM API is closed.")
public final class CancelCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Parameters(
            index = "0",
            paramLabel = "CONVERSATION",
            converter = Ids.Conversation.class,
            description = "Id of the conversation.")
    private String conversation = "";

    @Parameters(
            index = "1",
            paramLabel = "RESPONSE",
            converter = Ids.Response.class,
            description = "Id of the answer, which `ask` prints last.")
    private String response = "";

    public CancelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (TapeClient client = gateway.client()) {
            terminal.line(client.cancel(conversation, response));
        }
        return ExitCode.OK.number();
    }
}
