package dev.tokentape.cli.command;

import dev.tokentape.cli.client.Attachment;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.ProcessEnd;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.schemas.avro.LostPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
            "%nA connection that is lost is taken up again where it broke off; after two minutes without "
                    + "the gateway it is given up. The ids of conversation and answer come last, on stderr. Where "
                    + "the simulator plays the provider, that is said on stderr too.",
            "%nWith --json: response_id, conversation_id, status, outcome (how it ended: completed, "
                    + "max_tokens, tool_use, refusal, content_filter, blocked, cancelled, failed and the like), "
                    + "text, thinking, tool_calls, stop_reason, usage, provider, model, served_model, simulated, "
                    + "timings (milliseconds since the question), error and cancel_reason.",
            "%nExamples:",
            "  tokentape ask -c holiday \"Where is it warm in May?\"",
            "  tokentape ask --file photo.jpg --file notes.txt \"What do the notes say of this picture?\"",
            "  git diff | tokentape ask --system \"You review code.\" -"
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

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "The provider, such as openai. Default: the gateway's; `up` prints it.")
    private @Nullable String provider;

    @Option(names = "--model", paramLabel = "NAME", description = "The model. Default: the gateway's for the provider.")
    private @Nullable String model;

    @Option(
            names = "--fallback",
            paramLabel = "PROVIDER[:MODEL]",
            description = "Where to go when the provider fails before it has said anything.")
    private @Nullable String fallback;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system prompt: what the model is told first.")
    private @Nullable String system;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "A picture (PNG, JPEG, GIF, WebP) or a text in UTF-8 that goes before the question; 5 MB"
                    + " together. May be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "Print one JSON object, when the answer has ended, instead of its text.")
    private boolean json;

    @Option(
            names = "--json-lines",
            description = "Print each event as the gateway sent it, one JSON object a line, instead of the text.")
    private boolean jsonLines;

    @Option(
            names = "--on-attempt-lost",
            paramLabel = "error|restart",
            description =
                    "When a producer dies in the middle of the answer: end it with an error (the default), or have"
                            + " another begin it anew.")
    private @Nullable LostPolicy onAttemptLost;

    @Parameters(
            arity = "0..*",
            paramLabel = "TEXT",
            description = "The question. It is read from the standard input for -, and where none is given and "
                    + "something is piped in.")
    private List<String> text = List.of();

    public AskCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (json && jsonLines) {
            throw new CommandFailure(ExitCode.USAGE, "give --json or --json-lines, not both");
        }
        Question.Fallback other = fallback(fallback);
        String prompt = prompt();
        if (prompt.isBlank()) {
            throw new CommandFailure(ExitCode.USAGE, "the question is empty");
        }
        List<Attachment> attachments = QuestionFiles.read(files);
        AskForm form = json ? AskForm.JSON : jsonLines ? AskForm.JSON_LINES : AskForm.TEXT;
        String id = conversation != null ? conversation : "c-" + UUID.randomUUID();
        try (TapeClient client = gateway.client()) {
            Asking asking = new Asking(terminal, client, form);
            Question question = new Question(id, prompt, attachments, system, provider, model, other, onAttemptLost);
            try (ProcessEnd _ = ProcessEnd.does(asking::interrupt)) {
                return asking.run(question).number();
            }
        } catch (GatewayProblem e) {
            if (e.isOfAnotherConversation()) {
                throw new CommandFailure(ExitCode.FAILED, e.getMessage() + wayOut(conversation), e);
            }
            throw e;
        }
    }

    /** For a token that is for some conversations only. */
    private static String wayOut(@Nullable String conversation) {
        return conversation == null
                ? ". A question begins a new conversation unless -c names one: give -c with one that the token is for"
                : ". Give -c with one that the token is for";
    }

    private static Question.@Nullable Fallback fallback(@Nullable String given) {
        if (given == null) {
            return null;
        }
        int colon = given.indexOf(':');
        String provider = colon < 0 ? given : given.substring(0, colon);
        String model = colon < 0 ? null : given.substring(colon + 1);
        if (provider.isBlank() || model != null && model.isBlank()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--fallback is '" + given + "': expected PROVIDER or PROVIDER:MODEL");
        }
        return new Question.Fallback(provider, model);
    }

    private String prompt() throws IOException {
        if (text.isEmpty() && terminal.typed()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "what is the question? Give it, as in: tokentape ask \"Why is the sky blue?\"; or - to "
                            + "read it from the standard input");
        }
        return text.isEmpty() || text.equals(List.of("-"))
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : String.join(" ", text);
    }
}
