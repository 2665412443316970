package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.TokenCounts;
import dev.tokentape.simulator.settings.CallSettings;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One line of Ollama's own API. Its times are those which the settings promise, not those which passed, so that an
 * answer is the same each time.
 */
final class OllamaLine {

    private final AnswerIdentity identity;
    private final SimulatedRequest request;
    private final boolean chat;

    OllamaLine(AnswerIdentity identity, SimulatedRequest request, boolean chat) {
        this.identity = identity;
        this.request = request;
        this.chat = chat;
    }

    /** A call as it stands in a message, its arguments an object; none if the token limit has cut it short. */
    static Optional<String> call(Block.ToolCall call, int index) {
        return WireJson.arguments(call)
                .map(arguments -> "{\"id\":\"call_" + call.id() + "\",\"function\":{\"index\":" + index + ",\"name\":"
                        + WireJson.quoted(call.name()) + ",\"arguments\":" + arguments + "}}");
    }

    /** A line on the way. */
    String next(int tokens, String text, String thinking, String calls) {
        return head(tokens) + said(text, thinking, calls) + ",\"done\":false}\n";
    }

    /** The last line, with the counts; a call of tools is no reason of its own to stop. */
    String last(StopReason stop, TokenCounts usage, String text, String thinking, String calls) {
        long prompt = promptNanos();
        long answer = nanos(usage.output());
        return head(usage.output()) + said(text, thinking, calls) + ",\"done\":true,\"done_reason\":\""
                + (stop == StopReason.MAX_TOKENS ? "length" : "stop") + "\",\"total_duration\":" + (prompt + answer)
                + ",\"load_duration\":1,\"prompt_eval_count\":" + usage.input() + ",\"prompt_eval_duration\":" + prompt
                + ",\"eval_count\":" + usage.output() + ",\"eval_duration\":" + answer + "}";
    }

    private String head(int tokens) {
        Instant at = Instant.ofEpochSecond(identity.createdSeconds()).plusNanos(promptNanos() + nanos(tokens));
        return "{\"model\":" + WireJson.quoted(request.model()) + ",\"created_at\":\"" + at + "\",";
    }

    private String said(String text, String thinking, String calls) {
        String thought = thinking.isEmpty() ? "" : ",\"thinking\":" + WireJson.quoted(thinking);
        return chat
                ? "\"message\":{\"role\":\"assistant\",\"content\":" + WireJson.quoted(text) + thought
                        + (calls.isEmpty() ? "" : ",\"tool_calls\":[" + calls + "]") + "}"
                : "\"response\":" + WireJson.quoted(text) + thought;
    }

    private long promptNanos() {
        return TimeUnit.MILLISECONDS.toNanos(request.settings().timeToFirstTokenMillis());
    }

    private long nanos(int tokens) {
        CallSettings settings = request.settings();
        return settings.tokensPerSecond() == 0
                ? tokens
                : (long) (tokens * TimeUnit.SECONDS.toNanos(1) / settings.tokensPerSecond());
    }
}
