package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.console.Cells;
import dev.tokentape.cli.console.Terminal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Prints events as a conversation for people: text as it arrives, everything else in brackets. */
final class AnswerPrinter {

    private static final Map<String, String> DONE = Map.of(
            "redact", "masked",
            "flag", "flagged",
            "block", "blocked",
            "regenerate", "another answer was asked for");
    private static final String FAILED = "failed";
    private static final int MOST_NOTED = 1_000;

    private final Terminal terminal;
    private final boolean withQuestions;
    private final Map<String, Integer> noted = new LinkedHashMap<>();
    private final Set<String> toldSimulated = new HashSet<>();
    private boolean midLine;
    private boolean noticed;
    private boolean thinking;
    private boolean endedWell;

    /** @param withQuestions whether the users' turns are printed too */
    AnswerPrinter(Terminal terminal, boolean withQuestions) {
        this.terminal = terminal;
        this.withQuestions = withQuestions;
    }

    void print(EventFrame frame) {
        switch (frame.type()) {
            case "user_message" -> {
                if (withQuestions) {
                    asked(frame.json().path("text").asText());
                }
            }
            case "message_start" -> started(frame);
            case "content_block_start" -> blockStarted(frame.json().path("block"));
            case "content_block_delta" -> delta(frame);
            case "message_stop" -> {
                endedWell = !frame.outcome().equals(FAILED);
                freshLine();
                if (!frame.outcome().isEmpty() && !frame.outcome().equals("completed")) {
                    bracketed(frame.outcome());
                }
                tellMasks();
            }
            case "cancelled" -> {
                String outcome = frame.outcome().isEmpty() ? "cancelled" : frame.outcome();
                bracketed(frame.reason().equals(outcome) ? outcome : outcome + ": " + frame.reason());
                tellMasks();
            }
            case "error" -> {
                bracketed(FAILED + ": " + errorOf(frame.json().path("error")));
                tellMasks();
            }
            case "conversation_deleted" -> bracketed("the conversation was deleted");
            case "moderation" -> moderated(frame.json().path("verdict"));
            case "gap" -> {
                bracketed("gap: " + frame.json().path("reason").asText()
                        + "; some of the tape is no longer here, this is what the conversation holds:");
                state(frame.json());
            }
            case "snapshot" -> state(frame.json());
            default -> {
                // The rest tells a reader of the text nothing.
            }
        }
    }

    /** Answers in one piece, in place of the events that brought them; what runs goes on after it. */
    void state(JsonNode state) {
        int omitted = state.path("omitted").asInt();
        if (omitted > 0) {
            bracketed(omitted + " older answers are not shown");
        }
        state.path("responses").forEach(this::whole);
        for (JsonNode incomplete : state.path("incomplete")) {
            bracketed("the beginning of the running answer " + incomplete.asText() + " is not at hand");
        }
    }

    /** One answer in one piece, with its question. */
    void whole(JsonNode response) {
        endedWell = AnswerResult.endedWell(response);
        if (withQuestions) {
            response.path("prompt").forEach(message -> asked(said(message.path("content"))));
        }
        if (response.path("simulated").asBoolean()) {
            simulated(response.path("provider").asText());
        }
        for (JsonNode block : response.path("blocks")) {
            if (block.path("choice_index").asInt() == 0) {
                block(block);
            }
        }
        ended(response);
    }

    private void block(JsonNode block) {
        switch (block.path("type").asText()) {
            case "text", "refusal" -> piece(block.path("text").asText());
            case "thinking" -> bracketed("thinking …");
            default -> blockStarted(block);
        }
    }

    private void ended(JsonNode response) {
        String status = response.path("status").asText();
        String outcome = response.path("outcome").asText(status);
        switch (status) {
            case "queued", "running" -> {
                // Its next events go on where its text ends.
            }
            case FAILED -> bracketed(FAILED + ": " + errorOf(response.path("error")));
            case "cancelled", "blocked" -> {
                String reason = response.path("cancel_reason").asText();
                bracketed(reason.isEmpty() || reason.equals(outcome) ? outcome : outcome + ": " + reason);
            }
            default -> {
                freshLine();
                if (!outcome.equals("completed")) {
                    bracketed(outcome);
                }
            }
        }
    }

    private void asked(String text) {
        freshLine();
        terminal.line("> " + text.replace("\n", "\n> "));
    }

    /** What a message says; what is no text by its type. */
    private static String said(JsonNode parts) {
        List<String> said = new ArrayList<>();
        for (JsonNode part : parts) {
            String text = part.path("text").asText();
            said.add(
                    part.path("type").asText().equals("text")
                            ? text
                            : "[" + Cells.inOneLine((part.path("type").asText() + " " + text).strip()) + "]");
        }
        return String.join("\n", said);
    }

    /** Said beside the first answer of each provider, so that nobody takes it for a model's. */
    private void simulated(String provider) {
        if (toldSimulated.size() >= MOST_NOTED || !toldSimulated.add(provider)) {
            return;
        }
        notice(
                provider.equals("simulator")
                        ? "simulated: no real model answers. `./tokentape up` with a key, such as "
                                + "OPENAI_API_KEY, asks one"
                        : "simulated: the simulator plays " + provider + ", no real model answers");
    }

    private void started(EventFrame frame) {
        String reason = frame.reason();
        if (frame.startsOver()) {
            JsonNode rule = frame.json().path("verdict").path("rule_id");
            bracketed("attempt " + frame.attempt() + ", the answer starts over"
                    + (reason.isEmpty() ? "" : ": " + reason)
                    + (rule.isMissingNode() ? "" : " by rule " + rule.asText()));
        } else if (!reason.isEmpty()) {
            bracketed(reason + ": " + frame.json().path("provider").asText() + " answers");
        }
        if (frame.simulated()) {
            simulated(frame.json().path("provider").asText());
        }
    }

    /** What ends an attempt is printed where it stands; what lets the text go on, when the answer has ended. */
    private void moderated(JsonNode verdict) {
        String action = verdict.path("action").asText();
        String reason = verdict.path("reason").asText();
        String told = DONE.getOrDefault(action, action) + " by rule "
                + verdict.path("rule_id").asText() + " ("
                + verdict.path("category").asText() + ")" + (reason.isEmpty() ? "" : ": " + reason);
        if (action.equals("redact") || action.equals("flag")) {
            if (noted.size() < MOST_NOTED) {
                noted.merge(told, 1, Integer::sum);
            }
        } else {
            bracketed(told);
        }
    }

    private void tellMasks() {
        noted.forEach((told, times) ->
                terminal.note("[" + Cells.inOneLine(told) + (times == 1 ? "" : ", " + times + " times") + "]"));
        noted.clear();
    }

    /** Something about the connection, not about the answer. */
    void notice(String what) {
        if (midLine && !noticed) {
            terminal.err().println();
        }
        noticed = true;
        terminal.note("[" + Cells.inOneLine(what) + "]");
    }

    /** Ends a line that is open. */
    void finish() {
        freshLine();
    }

    /** Whether the last answer came to its own end. */
    boolean endedWell() {
        return endedWell;
    }

    private void blockStarted(JsonNode block) {
        switch (block.path("type").asText()) {
            case "tool_use", "server_tool_use" ->
                bracketed("calls " + block.path("tool_name").asText());
            case "image", "audio" -> bracketed(block.path("type").asText());
            default -> {
                // Text needs no announcement.
            }
        }
    }

    private void delta(EventFrame frame) {
        String text = frame.text();
        if (!text.isEmpty()) {
            thinking = false;
            piece(text);
        } else if (!frame.thinking().isEmpty() && !thinking) {
            thinking = true;
            bracketed("thinking …");
        } else if (frame.json().path("delta").path("type").asText().equals("refusal")) {
            String refusal = frame.json().path("delta").path("text").asText();
            piece(refusal);
        }
    }

    private void piece(String text) {
        if (text.isEmpty()) {
            return;
        }
        terminal.piece(text);
        midLine = !text.endsWith("\n");
        noticed = false;
    }

    private void bracketed(String what) {
        freshLine();
        terminal.line("[" + Cells.inOneLine(what) + "]");
    }

    private void freshLine() {
        if (midLine) {
            terminal.line("");
            midLine = false;
        }
    }

    private static String errorOf(JsonNode error) {
        String message = error.path("message").asText();
        return error.path("code").asText() + (message.isEmpty() ? "" : ", " + message);
    }
}
