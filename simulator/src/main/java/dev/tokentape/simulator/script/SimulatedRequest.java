package dev.tokentape.simulator.script;

import dev.tokentape.simulator.settings.CallSettings;
import org.jspecify.annotations.Nullable;

/**
 * What the simulator understands of a request, whichever API it came by.
 *
 * @param model the model's name, without settings after a {@code ?}
 * @param settings how the call is answered, overrides applied
 * @param lastUserText the text of the last user message; with the seed it decides what is said
 * @param messages how many messages the request carries
 * @param inputTokens the size of the prompt, roughly a token for four bytes
 * @param tools what tools it offers
 * @param endsWithToolResults whether it brings the results of tool calls, and so wants text
 * @param thinkingBudget the most tokens of thinking which it asks for; 0 for none
 * @param maxTokens the most tokens of a choice; null for no limit
 * @param choices how many alternative answers
 * @param stream whether the answer comes as a stream
 * @param streamUsage whether the stream ends with usage, where an API leaves this to the request
 * @param sealedThinking whether thinking comes encrypted too, where an API leaves this to the request
 */
public record SimulatedRequest(
        String model,
        CallSettings settings,
        String lastUserText,
        int messages,
        int inputTokens,
        ToolOffer tools,
        boolean endsWithToolResults,
        int thinkingBudget,
        @Nullable Integer maxTokens,
        int choices,
        boolean stream,
        boolean streamUsage,
        boolean sealedThinking) {

    /** A plain request: one user message, one streamed choice, no tools. */
    public static SimulatedRequest ofPrompt(String model, String prompt, CallSettings settings) {
        return new SimulatedRequest(
                model, settings, prompt, 1, inputTokens(prompt), ToolOffer.NONE, false, 0, null, 1, true, true, false);
    }

    /** The size of a message in tokens: four for its frame, and one for four characters. */
    public static int inputTokens(String text) {
        return 4 + (text.length() + 3) / 4;
    }
}
