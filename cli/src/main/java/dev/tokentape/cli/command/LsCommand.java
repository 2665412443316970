package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.Cells;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists conversations. */
@Command(
        name = "ls",
        description = "List the conversations, the latest first.",
        footer = {
            "%nA conversation is listed once its first answer has ended. Its state is that of its latest "
                    + "answer: queued, running, completed, failed, cancelled or blocked."
        })
public final class LsCommand implements Callable<Integer> {

    private static final int PAGE = 500;
    private static final int MOST = 10_000;
    private static final String ROW = "%-40s  %-19s  %5s  %s";
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private final Terminal terminal;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many to list, 1 to 1000. Default: ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int limit = 20;

    @Option(names = "--json", description = "Print each as one JSON object a line.")
    private boolean json;

    public LsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1 || limit > 1000) {
            throw new CommandFailure(ExitCode.USAGE, "--limit is " + limit + ": expected 1 to 1000");
        }
        try (TapeClient client = gateway.client()) {
            List<JsonNode> all = all(client);
            all.sort(Comparator.comparing((JsonNode listed) -> updated(listed)).reversed());
            if (!json && !all.isEmpty()) {
                terminal.line(ROW.formatted("conversation", "last activity", "turns", "state"));
            }
            for (JsonNode listed : all.subList(0, Math.min(limit, all.size()))) {
                print(listed, state(client, listed.path("conversation_id").asText()));
            }
            if (all.isEmpty()) {
                terminal.note("no conversations yet; `tokentape ask` begins one");
            } else if (all.size() > limit) {
                terminal.note((all.size() - limit) + " more; -n lists more of them");
            }
        }
        return ExitCode.OK.number();
    }

    /** The gateway lists by id, so the latest are known when all are. */
    private List<JsonNode> all(TapeClient client) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = client.conversations(after, PAGE);
            page.path("conversations").forEach(all::add);
            after = page.path("next").asText("");
            if (page.path("next").isNull()) {
                after = "";
            }
        } while (!after.isEmpty() && all.size() < MOST);
        if (!after.isEmpty()) {
            terminal.note("there are more than " + MOST + " conversations; these are the latest of the first " + MOST
                    + " by id");
        }
        return all;
    }

    private static String state(TapeClient client, String conversationId) throws IOException {
        try {
            JsonNode state = client.conversationState(conversationId);
            JsonNode open = state.path("open");
            JsonNode turns = state.path("turns");
            JsonNode latest = open.isEmpty() ? turns.path(turns.size() - 1) : open.path(open.size() - 1);
            return latest.path("status").asText("unknown");
        } catch (GatewayProblem _) {
            return "unknown"; // Deleted meanwhile, or not for this token.
        }
    }

    private void print(JsonNode listed, String state) {
        if (json) {
            ObjectNode line = listed.deepCopy();
            terminal.json(line.put("state", state));
            return;
        }
        terminal.line(ROW.formatted(
                Cells.inOneLine(listed.path("conversation_id").asText()),
                local(listed),
                listed.path("turns").asText(),
                Cells.inOneLine(state)));
    }

    private static Instant updated(JsonNode listed) {
        try {
            return Instant.parse(listed.path("updated_at").asText());
        } catch (DateTimeParseException _) {
            return Instant.EPOCH;
        }
    }

    private static String local(JsonNode listed) {
        return LOCAL.format(updated(listed));
    }
}
