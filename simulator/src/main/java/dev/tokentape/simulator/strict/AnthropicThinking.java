package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a Messages request says of thinking: whether it is asked for, and that of earlier turns. */
final class AnthropicThinking {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("anthropic.thinking-form", AnthropicThinking::form),
            new VendorRule("anthropic.thinking-budget", AnthropicThinking::budget),
            new VendorRule("anthropic.thinking-and-temperature", AnthropicThinking::temperature),
            new VendorRule("anthropic.thinking-and-forced-tool", AnthropicThinking::forcedTool),
            new VendorRule("anthropic.signature", AnthropicThinking::signature),
            new VendorRule("anthropic.redacted-data", AnthropicThinking::redactedData),
            new VendorRule("anthropic.final-thinking", AnthropicThinking::finalThinking),
            new VendorRule("anthropic.thinking-first", AnthropicThinking::thinkingFirst));

    static final int LEAST_BUDGET = 1024;
    private static final double LEAST_TOP_P = 0.95;

    private AnthropicThinking() {}

    private static @Nullable String form(Asked asked) {
        JsonNode thinking = asked.at("thinking");
        return thinking.isMissingNode() ? null : form(thinking, ClaudeModel.named(asked.model()));
    }

    /** Which forms a model takes. */
    static @Nullable String form(JsonNode thinking, ClaudeModel model) {
        return switch (Walk.text(thinking, "type")) {
            case "enabled" ->
                model.adaptiveOnly()
                        ? "\"thinking.type.enabled\" is not supported for this model. Use "
                                + "\"thinking.type.adaptive\" and \"output_config.effort\" to control thinking "
                                + "behavior."
                        : null;
            case "adaptive" -> model.budgetOnly() ? "adaptive thinking is not supported on this model" : null;
            case "disabled" ->
                model.thinksAlways()
                        ? "\"thinking.type.disabled\" is not supported for this model. Use \"thinking.type.adaptive\""
                                + " and \"output_config.effort\" to control thinking behavior."
                        : null;
            default ->
                "thinking: Input tag found using 'type' does not match any of the expected tags: 'adaptive',"
                        + " 'disabled', 'enabled'";
        };
    }

    private static @Nullable String budget(Asked asked) {
        return budget(asked.at("thinking"), asked.at("max_tokens"));
    }

    /** Whether a budget is large enough, and leaves something of the limit, where there is one. */
    static @Nullable String budget(JsonNode thinking, JsonNode maxTokens) {
        JsonNode budget = thinking.path("budget_tokens");
        switch (Walk.text(thinking, "type")) {
            case "enabled" -> {
                if (budget.isMissingNode()) {
                    return "thinking.enabled.budget_tokens: Field required";
                }
                if (budget.asInt() < LEAST_BUDGET) {
                    return "thinking.enabled.budget_tokens: Input should be greater than or equal to " + LEAST_BUDGET;
                }
                return maxTokens.isNumber() && budget.asInt() >= maxTokens.asInt()
                        ? "`max_tokens` must be greater than `thinking.budget_tokens`."
                        : null;
            }
            case "adaptive", "disabled" -> {
                return budget.isMissingNode()
                        ? null
                        : "thinking." + Walk.text(thinking, "type") + ".budget_tokens: Extra inputs are not permitted";
            }
            default -> {
                return null;
            }
        }
    }

    private static boolean isOn(Asked asked) {
        String type = Walk.text(asked.at("thinking"), "type");
        return type.equals("enabled") || type.equals("adaptive");
    }

    private static @Nullable String temperature(Asked asked) {
        return isOn(asked) ? sampling(asked.at("temperature"), asked.at("top_p"), asked.at("top_k")) : null;
    }

    /** What sampling leaves to thinking. */
    static @Nullable String sampling(JsonNode temperature, JsonNode topP, JsonNode topK) {
        if (temperature.isNumber() && temperature.doubleValue() != 1) {
            return "`temperature` may only be set to 1 when thinking is enabled.";
        }
        if (topP.isNumber() && topP.doubleValue() < LEAST_TOP_P) {
            return "`top_p` must be greater than or equal to " + LEAST_TOP_P + " or unset when thinking is enabled.";
        }
        return topK.isNumber() ? "`top_k` must be unset when thinking is enabled." : null;
    }

    private static @Nullable String forcedTool(Asked asked) {
        String choice = Walk.text(asked.at("tool_choice"), "type");
        return isOn(asked) && (choice.equals("any") || choice.equals("tool"))
                ? "Thinking may not be enabled when tool_choice forces tool use."
                : null;
    }

    private static @Nullable String signature(Asked asked) {
        return AnthropicBlocks.each(asked, (block, path, role) -> {
            if (!AnthropicBlocks.is(block, "thinking")) {
                return null;
            }
            for (String member : List.of("thinking", "signature")) {
                if (!block.path(member).isTextual()) {
                    return path + ".thinking." + member + ": Field required";
                }
            }
            return Seal.ANTHROPIC.signed(Walk.text(block, "thinking"), Walk.text(block, "signature"))
                    ? null
                    : path + ": Invalid `signature` in `thinking` block";
        });
    }

    private static @Nullable String redactedData(Asked asked) {
        return AnthropicBlocks.each(
                asked,
                (block, path, role) -> AnthropicBlocks.is(block, "redacted_thinking")
                                && !Seal.ANTHROPIC.issued(Walk.text(block, "data"))
                        ? path + ": Invalid `data` in `redacted_thinking` block"
                        : null);
    }

    private static @Nullable String finalThinking(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            JsonNode content = message.path("content");
            JsonNode last = content.path(content.size() - 1);
            return content.isArray() && AnthropicBlocks.isThinking(last)
                    ? path + ": The final block in an assistant message cannot be `" + Walk.text(last, "type") + "`."
                    : null;
        });
    }

    /**
     * With a budget, thinking must stand before the calls whose results this request brings: at the head of the
     * assistant's last turn, or, where it thought but once for several rounds of calls, of the first of those turns
     * that end the conversation, each followed by results. Adaptive thinking does not ask for it.
     */
    private static @Nullable String thinkingFirst(Asked asked) {
        if (!Walk.text(asked.at("thinking"), "type").equals("enabled")) {
            return null;
        }
        JsonNode messages = asked.at("messages");
        int last = messages.size() - 2;
        int first = -1;
        for (int results = messages.size() - 1; results > 0; results -= 2) {
            boolean pair = !AnthropicBlocks.members(messages.get(results), "tool_result", "type")
                            .isEmpty()
                    && !AnthropicBlocks.members(messages.get(results - 1), "tool_use", "type")
                            .isEmpty();
            if (!pair) {
                break;
            }
            first = results - 1;
        }
        JsonNode head = messages.path(last).path("content").path(0);
        boolean thought = AnthropicBlocks.isThinking(head)
                || AnthropicBlocks.isThinking(
                        messages.path(first).path("content").path(0));
        return first < 0 || thought
                ? null
                : "messages." + last + ".content.0.type: Expected `thinking` or `redacted_thinking`, but found `"
                        + Walk.text(head, "type")
                        + "`. When `thinking` is enabled, a final `assistant` message must start with a thinking block"
                        + " (preceding the lastmost set of `tool_use` and `tool_result` blocks).";
    }
}
