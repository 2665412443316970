package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.strict.GeminiRules;
import dev.tokentape.simulator.strict.Seal;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A whole response of the Gemini API, which is also what each event of its streams carries. */
final class GeminiChunk {

    private static final String SAFETY_RATINGS =
            ",\"safetyRatings\": [{\"category\": \"HARM_CATEGORY_DANGEROUS_CONTENT\",\"probability\": \"HIGH\","
                    + "\"blocked\": true}]";

    private final AnswerIdentity identity;
    private final SimulatedRequest request;
    private final Script script;

    GeminiChunk(AnswerIdentity identity, SimulatedRequest request, Script script) {
        this.identity = identity;
        this.request = request;
        this.script = script;
    }

    /** Usage is cumulative; while there was only thinking, there is no count of candidates' tokens. */
    String of(String candidates, int candidatesTokens, int thoughtsTokens) {
        int prompt = script.inputTokens();
        return "{\"candidates\": [" + candidates + "],\"usageMetadata\": {\"promptTokenCount\": " + prompt
                + (candidatesTokens > 0 ? ",\"candidatesTokenCount\": " + candidatesTokens : "")
                + ",\"totalTokenCount\": " + (prompt + candidatesTokens + thoughtsTokens)
                + ",\"promptTokensDetails\": [{\"modality\": \"TEXT\",\"tokenCount\": " + prompt + "}]"
                + (thoughtsTokens > 0 ? ",\"thoughtsTokenCount\": " + thoughtsTokens : "")
                + "},\"modelVersion\": " + WireJson.quoted(request.model()) + ",\"responseId\": \"" + identity.id()
                + "\"}";
    }

    static String candidate(int index, String parts, @Nullable StopReason stop) {
        String content = parts.isEmpty() ? "{}" : "{\"parts\": [" + parts + "],\"role\": \"model\"}";
        return "{\"content\": " + content
                + (stop == null ? "" : ",\"finishReason\": \"" + finishReason(stop) + "\"")
                + ",\"index\": " + index + (stop == StopReason.CONTENT_FILTER ? SAFETY_RATINGS : "") + "}";
    }

    /** Adds the part which says {@code text} of a block; a call cut short by the token limit has none. */
    void parts(Choice choice, Block block, String text, StringJoiner parts) {
        switch (block) {
            case Block.Text ignored -> parts.add(textPart(text, ""));
            case Block.Refusal ignored -> parts.add(textPart(text, ""));
            case Block.Thinking ignored -> parts.add(textPart(text, ",\"thought\": true"));
            case Block.ToolCall call ->
                WireJson.arguments(call)
                        .ifPresent(arguments -> parts.add(
                                "{\"functionCall\": {\"name\": " + WireJson.quoted(call.name()) + ",\"args\": "
                                        + GeminiJson.compact(arguments) + "}" + signature(choice, call) + "}"));
        }
    }

    private static String textPart(String text, String more) {
        return "{\"text\": " + WireJson.quoted(text) + more + "}";
    }

    /** What vouches for the thoughts comes with the first call after them; newer models sign it without any, too. */
    private String signature(Choice choice, Block.ToolCall call) {
        for (Block block : choice.blocks()) {
            if (block instanceof Block.ToolCall first && first != call) {
                return "";
            }
            if (block == call) {
                break;
            }
        }
        return choice.blocks().getFirst() instanceof Block.Thinking || GeminiRules.signs(request.model())
                ? ",\"thoughtSignature\": " + WireJson.quoted(Seal.GEMINI.token(call.id()))
                : "";
    }

    static String finishReason(StopReason stop) {
        return switch (stop) {
            case END_TURN, TOOL_USE, REFUSAL -> "STOP";
            case MAX_TOKENS -> "MAX_TOKENS";
            case CONTENT_FILTER -> "SAFETY";
        };
    }
}
