package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.cli.client.Accepted;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.ResumingStream;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One question and its answer, printed as it arrives, which may be interrupted at any moment: the answer is then
 * cancelled at its source, and what became of it is the last thing printed.
 */
final class Asking {

    private static final Duration TAKEN = Duration.ofSeconds(2);
    private static final Duration ENDED = Duration.ofSeconds(3);

    private final Terminal terminal;
    private final TapeClient client;
    private final AnswerPrinter printer;
    private final CompletableFuture<Accepted> taken = new CompletableFuture<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final CountDownLatch told = new CountDownLatch(1);
    private final AskForm form;
    private final AnswerTimes times = new AnswerTimes(System.nanoTime());
    private boolean interrupted;

    Asking(Terminal terminal, TapeClient client) {
        this(terminal, client, AskForm.TEXT);
    }

    Asking(Terminal terminal, TapeClient client, AskForm form) {
        this.terminal = terminal;
        this.client = client;
        this.form = form;
        this.printer = new AnswerPrinter(terminal, false);
    }

    /** Asks, and returns when the answer has ended. */
    ExitCode run(Question question) throws IOException, InterruptedException {
        try {
            Accepted accepted = client.ask(question, UUID.randomUUID().toString());
            taken.complete(accepted);
            new ResumingStream(
                            client.address(),
                            client.responseEvents(accepted.conversationId(), accepted.responseId()),
                            ResumingStream.Patience.USUAL)
                    .follow("start", this::print, this::notice, EventFrame::terminal);
            if (!isInterrupted()) {
                return finished(accepted) ? ExitCode.OK : ExitCode.FAILED;
            }
        } catch (IOException | RuntimeException e) {
            taken.completeExceptionally(e);
            end.complete("cut off");
            if (!isInterrupted()) {
                throw e;
            }
        }
        // The client must not be closed while the answer is being cancelled through it.
        if (!told.await(TAKEN.plus(ENDED).multipliedBy(2).toSeconds(), TimeUnit.SECONDS)) {
            return ExitCode.UNAVAILABLE;
        }
        return ExitCode.INTERRUPTED;
    }

    /** Prints nothing more of the answer, cancels it, and says what became of it. */
    void interrupt() throws InterruptedException {
        synchronized (this) {
            interrupted = true;
            printer.finish();
        }
        try {
            Accepted accepted = taken.get(TAKEN.toMillis(), TimeUnit.MILLISECONDS);
            String status = client.cancel(accepted.conversationId(), accepted.responseId());
            String end = ended(status);
            if (form == AskForm.JSON) {
                terminal.json(AnswerResult.of(document(accepted), times));
            } else {
                terminal.note(end + "  " + where(accepted));
            }
        } catch (ExecutionException | TimeoutException _) {
            terminal.note("interrupted before the gateway had taken the question");
        } catch (IOException | GatewayProblem e) {
            terminal.note("interrupted, but the answer could not be cancelled: " + e.getMessage());
        } finally {
            told.countDown();
        }
    }

    /** Tells what there is to tell at the end, and whether it was a good one. */
    private boolean finished(Accepted accepted) throws IOException {
        printer.finish();
        if (form == AskForm.TEXT) {
            terminal.note(where(accepted));
            return printer.endedWell();
        }
        JsonNode document = document(accepted);
        if (form == AskForm.JSON) {
            terminal.json(AnswerResult.of(document, times));
        }
        return AnswerResult.endedWell(document);
    }

    private JsonNode document(Accepted accepted) throws IOException {
        return client.responseState(accepted.conversationId(), accepted.responseId());
    }

    private String ended(String status) throws InterruptedException {
        try {
            return end.get(ENDED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException _) {
            return status;
        }
    }

    private synchronized void print(EventFrame frame) {
        times.saw(frame, System.nanoTime());
        if (!interrupted) {
            switch (form) {
                case TEXT -> printer.print(frame);
                case JSON_LINES -> terminal.json(frame.json());
                case JSON -> {} // All of it comes at the end.
            }
        }
        if (frame.terminal()) {
            end.complete(frame.type().equals("message_stop") ? "ended already" : frame.type());
        }
    }

    private synchronized void notice(String what) {
        if (!interrupted) {
            printer.notice(what);
        }
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }

    private static String where(Accepted accepted) {
        return "conversation " + accepted.conversationId() + "  response " + accepted.responseId();
    }
}
