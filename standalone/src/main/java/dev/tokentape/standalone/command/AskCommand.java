package dev.tokentape.standalone.command;

import dev.tokentape.standalone.client.Accepted;
import dev.tokentape.standalone.client.Frame;
import dev.tokentape.standalone.client.Question;
import dev.tokentape.standalone.client.ResumingStream;
import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.ExitCode;
import dev.tokentape.standalone.console.ProcessEnd;
import dev.tokentape.standalone.console.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
        footer = "%nExample: tokentape ask -c holiday \"Where is it warm in May?\"")
public final class AskCommand implements Callable<Integer> {

    private static final int RECONNECTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(
            names = {"-c", "--conversation"},
            description = "Id of the conversation to continue. Default: a new one.")
    private @Nullable String conversation;

    @Option(names = "--provider", description = "Name of the provider. Default: the gateway's.")
    private @Nullable String provider;

    @Option(names = "--model", description = "Name of the model. Default: the gateway's.")
    private @Nullable String model;

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "The question; - reads it from the standard input.")
    private List<String> text = List.of();

    public AskCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String id = conversation != null ? conversation : "c-" + UUID.randomUUID();
        try (TapeClient client = gateway.client()) {
            Accepted accepted = client.ask(
                    new Question(id, prompt(), provider, model),
                    UUID.randomUUID().toString());
            AnswerPrinter printer = new AnswerPrinter(terminal, false);
            try (ProcessEnd _ = ProcessEnd.does(() -> cancel(client, accepted))) {
                new ResumingStream(
                                client.responseEvents(accepted.conversationId(), accepted.responseId()),
                                FIRST_PAUSE,
                                RECONNECTS)
                        .follow("start", printer::print, printer::notice, Frame::terminal);
            }
            printer.finish();
            terminal.note("conversation " + accepted.conversationId() + "  response " + accepted.responseId());
            return (printer.endedWell() ? ExitCode.OK : ExitCode.FAILED).number();
        }
    }

    private String prompt() throws IOException {
        return text.equals(List.of("-"))
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : String.join(" ", text);
    }

    private void cancel(TapeClient client, Accepted accepted) throws IOException {
        String status = client.cancel(accepted.conversationId(), accepted.responseId());
        terminal.note(
                "\n" + status + "  conversation " + accepted.conversationId() + "  response " + accepted.responseId());
    }
}
