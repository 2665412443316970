package dev.tokentape.standalone.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.standalone.client.Frame;
import dev.tokentape.standalone.console.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;

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
    private boolean midLine;
    private boolean noticed;
    private boolean thinking;
    private boolean endedWell;

    /** @param withQuestions whether the users' turns are printed too */
    AnswerPrinter(Terminal terminal, boolean withQuestions) {
        this.terminal = terminal;
        this.withQuestions = withQuestions;
    }

    void print(Frame frame) {
        switch (frame.type()) {
            case "user_message" -> {
                if (withQuestions) {
                    freshLine();
                    terminal.line("> " + frame.json().path("text").asText().replace("\n", "\n> "));
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
            case "gap" ->
                bracketed("gap: " + frame.json().path("reason").asText() + "; some of the tape is no longer here");
            default -> {
                // The rest tells a reader of the text nothing.
            }
        }
    }

    private void started(Frame frame) {
        String reason = frame.reason();
        if (frame.startsOver()) {
            JsonNode rule = frame.json().path("verdict").path("rule_id");
            bracketed("attempt " + frame.attempt() + ", the answer starts over"
                    + (reason.isEmpty() ? "" : ": " + reason)
                    + (rule.isMissingNode() ? "" : " by rule " + rule.asText()));
        } else if (!reason.isEmpty()) {
            bracketed(reason + ": " + frame.json().path("provider").asText() + " answers");
        }
    }

    /** What ends an attempt is told where it stands; what lets the text go on, when the answer has ended. */
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
        noted.forEach((told, times) -> terminal.note("[" + told + (times == 1 ? "" : ", " + times + " times") + "]"));
        noted.clear();
    }

    /** Something about the connection, not about the answer. */
    void notice(String what) {
        if (midLine && !noticed) {
            terminal.err().println();
        }
        noticed = true;
        terminal.note("[" + what + "]");
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

    private void delta(Frame frame) {
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
        terminal.piece(text);
        midLine = !text.endsWith("\n");
        noticed = false;
    }

    private void bracketed(String what) {
        freshLine();
        terminal.line("[" + what + "]");
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
