package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.client.Deleting;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.ResumingStream;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a conversation. */
@Command(
        name = "delete",
        description = "Delete a conversation with all that was said in it, for everybody. Asks nothing.",
        footer = {
            "%nAnswers that run are cancelled, the history is empty at once, readers are told. Kafka keeps "
                    + "the events until the retention of llm.tokens has passed, 7 days by default.",
            "%nWith a token this needs the scope delete; without the scope read it does not wait until it is done."
        })
public final class DeleteCommand implements Callable<Integer> {

    private static final int FORBIDDEN = 403;

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Parameters(
            index = "0",
            paramLabel = "CONVERSATION",
            converter = Ids.Conversation.class,
            description = "Id of the conversation, which `ask` prints last.")
    private String conversation = "";

    @Option(names = "--json", description = "Print what became of it as one JSON object.")
    private boolean json;

    public DeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (TapeClient client = gateway.client()) {
            Deleting deleting = client.delete(conversation);
            String status = await(client, deleting) ? "deleted" : "deleting";
            ObjectNode told = deleting.json().deepCopy();
            if (json) {
                terminal.json(told.put("status", status));
            } else {
                terminal.line(status);
            }
        }
        return ExitCode.OK.number();
    }

    /** Whether it may be told that it is done: the event is for those who may read. */
    private boolean await(TapeClient client, Deleting deleting) throws IOException, InterruptedException {
        try {
            new ResumingStream(client.address(), client.conversationEvents(conversation), ResumingStream.Patience.USUAL)
                    .follow(
                            deleting.cursor(),
                            _ -> {},
                            terminal::note,
                            frame -> deleting.deletionId().equals(frame.responseId()));
            return true;
        } catch (GatewayProblem e) {
            if (e.status() == FORBIDDEN) {
                return false;
            }
            throw e;
        }
    }
}
