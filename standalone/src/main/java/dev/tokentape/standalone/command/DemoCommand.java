package dev.tokentape.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.command.GatewayOption;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.standalone.demo.Demo;
import dev.tokentape.standalone.demo.DemoException;
import dev.tokentape.standalone.demo.DemoOutcome;
import dev.tokentape.standalone.demo.LiveView;
import dev.tokentape.standalone.stack.LocalStack;
import dev.tokentape.standalone.stack.StartRules;
import dev.tokentape.standalone.stack.StartupArchive;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the whole way of an answer. */
@Command(
        name = "demo",
        description =
                "Start everything in one process, and show one answer arriving at two subscribers, of which one is"
                        + " cut off and resumes.")
public final class DemoCommand extends StackCommand {

    private static final String LAST = "last-demo-conversation";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'demo-'yyyyMMdd-HHmmss").withZone(ZoneId.systemDefault());

    @Option(names = "--once", description = "End after the check: exit code 0 if it passed, 1 if not.")
    private boolean once;

    @Option(names = "--json", description = "With --once: print the result as one JSON object, and nothing else.")
    private boolean json;

    @Mixin
    private StartRulesOption startRules = new StartRulesOption();

    private volatile boolean shown;
    private volatile @Nullable Demo showing;

    public DemoCommand(Terminal terminal) {
        super(terminal, "demo");
    }

    @Override
    protected void checkOptions() {
        if (json && !once) {
            throw new CommandFailure(ExitCode.USAGE, "--json needs --once");
        }
    }

    @Override
    protected StartRules rules() {
        return startRules.rules();
    }

    @Override
    @Nullable
    protected ExitCode with(LocalStack stack, Path folder) throws Exception {
        DemoOutcome outcome;
        try (TapeClient client = new TapeClient(stack.url(), GatewayOption.token(null))) {
            outcome = show(client, stack, folder);
        } catch (DemoException e) {
            throw new CommandFailure(ExitCode.FAILED, "the demonstration failed " + e.getMessage(), e);
        }
        if (json) {
            terminal.json(outcome.json());
        }
        shown = true;
        if (once) {
            return outcome.passed() ? ExitCode.OK : ExitCode.FAILED;
        }
        terminal.line("");
        terminal.line(
                "The page is at " + stack.url() + " and shows this conversation too: " + outcome.conversationId());
        terminal.line("Ask on: tokentape ask --gateway " + stack.url() + " -c " + outcome.conversationId()
                + " \"Tell me more\"");
        terminal.line("Ctrl-C to end");
        return null;
    }

    /** The subscribers need not tell that they lose their connections. */
    @Override
    protected void stopping() {
        Demo demo = showing;
        if (demo != null) {
            demo.stop();
        }
    }

    /** Nothing runs any more that the pause for the archive could disturb. */
    @Override
    protected void closed() {
        if (shown && StartupArchive.wanted()) {
            terminal.note("saving what makes the next start faster …");
            StartupArchive.record();
        }
    }

    private DemoOutcome show(TapeClient client, LocalStack stack, Path folder)
            throws IOException, InterruptedException {
        String conversation = NAME.format(Instant.now());
        LiveView view = json ? LiveView.none() : Demo.view(terminal);
        Demo demo = new Demo(client, conversation, stack.simulatedProvider(), view);
        showing = demo;
        if (!json) {
            terminal.line("Tokentape is at " + stack.url() + ", data in " + folder);
            terminal.line("Moderation rules in force: " + stack.rules());
            earlier(client, folder);
            terminal.line("");
            terminal.line("New conversation " + conversation + ", read by two subscribers. Asked: " + demo.prompt());
            terminal.line("");
        }
        DemoOutcome outcome = demo.run();
        Files.writeString(folder.resolve(LAST), conversation);
        if (!json) {
            report(outcome);
        }
        return outcome;
    }

    /** Shows that the last run's conversation is still there. */
    private void earlier(TapeClient client, Path folder) throws IOException {
        Path last = folder.resolve(LAST);
        if (!Files.exists(last)) {
            return;
        }
        String conversation = Files.readString(last).strip();
        try {
            JsonNode turns = client.conversationState(conversation).path("turns");
            terminal.line("The conversation of the last run, " + conversation + ", is still here: " + turns.size()
                    + " answers.");
        } catch (GatewayProblem e) {
            terminal.line("The conversation of the last run, " + conversation + ", is not found: " + e.getMessage());
        }
    }

    private void report(DemoOutcome outcome) {
        terminal.line("");
        if (outcome.passed()) {
            terminal.line("Check passed: both hold the same text, " + outcome.events()
                    + " events each, nothing twice, nothing missing; " + outcome.missed()
                    + " of them were resumed after the cut.");
        } else {
            terminal.line("Check FAILED:");
            outcome.problems().forEach(problem -> terminal.line("  " + problem));
        }
        terminal.line("");
        outcome.table().forEach(terminal::line);
        long started = ManagementFactory.getRuntimeMXBean().getStartTime() * 1000;
        terminal.line(
                "First token %.1f s after the process began.".formatted((outcome.firstTokenAt() - started) / 1e6));
    }
}
