package dev.tokentape.standalone.command;

import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.standalone.client.Question;
import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.ProcessEnd;
import dev.tokentape.standalone.console.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a question and streams the answer to the terminal. */
@Command(
        name = "ask",
        description = "Ask, and print the answer as it arrives. Ctrl-C cancels it at the LLM API.",
        footer = {
            "%nA connection that is lost is taken up again where it broke off; after two minutes without the gateway it is"
                    + " given up. The ids of conversation and answer come last, on stderr.",
            "%nExample: tokentape ask -c holiday \"Where is it warm in May?\""
        })
public final class AskCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(
            names = {"-c", "--conversation"},
            paramLabel = "ID",
            converter = Ids.Conversation.class,
            description = "Id of the conversation to continue. Default: a new one.")
    private @Nullable String conversation;

    @Option(names = "--provider", description = "Name of the provider. Default: the gateway's.")
    private @Nullable String provider;

    @Option(names = "--model", description = "Name of the model. Default: the gateway's.")
    private @Nullable String model;

    @Option(
            names = "--on-attempt-lost",
            paramLabel = "error|restart",
            description =
                    "When a producer dies in the middle of the answer: end it with an error (the default), or have"
                            + " another begin it anew.")
    private @Nullable LostPolicy onAttemptLost;

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "The question; - reads it from the standard input.")
    private List<String> text = List.of();

    public AskCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String prompt = prompt();
        if (prompt.isBlank()) {
            throw new CommandFailure(ExitCode.USAGE, "the question is empty");
        }
        String id = conversation != null ? conversation : "c-" + UUID.randomUUID();
        try (TapeClient client = gateway.client()) {
            Asking asking = new Asking(terminal, client);
            try (ProcessEnd _ = ProcessEnd.does(asking::interrupt)) {
                return asking.run(new Question(id, prompt, provider, model, onAttemptLost))
                        .number();
            }
        }
    }

    private String prompt() throws IOException {
        return text.equals(List.of("-"))
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : String.join(" ", text);
    }
}
