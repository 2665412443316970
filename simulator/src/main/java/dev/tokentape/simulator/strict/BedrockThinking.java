package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a Converse request says of thinking, which is Claude's affair, in Claude's words. */
final class BedrockThinking {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("bedrock.thinking-form", BedrockThinking::form),
            new VendorRule("bedrock.thinking-budget", BedrockThinking::budget),
            new VendorRule("bedrock.thinking-and-temperature", BedrockThinking::temperature),
            new VendorRule("bedrock.thinking-and-forced-tool", BedrockThinking::forcedTool),
            new VendorRule("bedrock.signature", BedrockThinking::signature),
            new VendorRule("bedrock.redacted-data", BedrockThinking::redactedData),
            new VendorRule("bedrock.final-thinking", BedrockThinking::finalThinking),
            new VendorRule("bedrock.thinking-first", BedrockThinking::thinkingFirst));

    /** Models of others, whose reasoning has no signature. */
    private static final Pattern OTHERS = Pattern.compile(
            "\\b(amazon|ai21|cohere|deepseek|google|meta|minimax|mistral|moonshot|nvidia|openai|qwen|zai)\\.");

    private BedrockThinking() {}

    private static boolean isClaude(Asked asked) {
        return !OTHERS.matcher(asked.model()).find();
    }

    private static JsonNode thinking(Asked asked) {
        return asked.at("additionalModelRequestFields").path("thinking");
    }

    private static boolean isOn(Asked asked) {
        String type = Walk.text(thinking(asked), "type");
        return isClaude(asked) && (type.equals("enabled") || type.equals("adaptive"));
    }

    private static @Nullable String form(Asked asked) {
        return thinking(asked).isMissingNode() || !isClaude(asked)
                ? null
                : BedrockBlocks.fromModel(AnthropicThinking.form(thinking(asked), ClaudeModel.named(asked.model())));
    }

    private static @Nullable String budget(Asked asked) {
        return isClaude(asked)
                ? BedrockBlocks.fromModel(AnthropicThinking.budget(
                        thinking(asked), asked.at("inferenceConfig").path("maxTokens")))
                : null;
    }

    private static @Nullable String temperature(Asked asked) {
        JsonNode config = asked.at("inferenceConfig");
        return isOn(asked)
                ? BedrockBlocks.fromModel(AnthropicThinking.sampling(
                        config.path("temperature"),
                        config.path("topP"),
                        asked.at("additionalModelRequestFields").path("top_k")))
                : null;
    }

    private static @Nullable String forcedTool(Asked asked) {
        JsonNode choice = asked.at("toolConfig").path("toolChoice");
        return isOn(asked) && (choice.has("any") || choice.has("tool"))
                ? BedrockBlocks.fromModel("Thinking may not be enabled when tool_choice forces tool use.")
                : null;
    }

    private static @Nullable String signature(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            JsonNode text = block.path("reasoningContent").path("reasoningText");
            if (text.isMissingNode()) {
                return null;
            }
            if (!isClaude(asked)) {
                return text.has("signature")
                        ? "This model doesn't support the reasoningContent.reasoningText.signature field. Remove"
                                + " reasoningContent.reasoningText.signature and try again."
                        : null;
            }
            if (!text.has("signature")) {
                return BedrockBlocks.fromModel(path + ".thinking.signature: Field required");
            }
            return Seal.ANTHROPIC.signed(Walk.text(text, "text"), Walk.text(text, "signature"))
                    ? null
                    : BedrockBlocks.fromModel(path + ": Invalid `signature` in `thinking` block");
        });
    }

    private static @Nullable String redactedData(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            JsonNode data = block.path("reasoningContent").path("redactedContent");
            return data.isMissingNode() || isClaude(asked) && Seal.ANTHROPIC.issued(data.asText(""))
                    ? null
                    : BedrockBlocks.fromModel(path + ": Invalid `data` in `redacted_thinking` block");
        });
    }

    private static @Nullable String finalThinking(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            JsonNode content = message.path("content");
            return isClaude(asked) && content.path(content.size() - 1).has("reasoningContent")
                    ? BedrockBlocks.fromModel(path + ": The final block in an assistant message cannot be `thinking`.")
                    : null;
        });
    }

    /** The same as at Anthropic's: the last of the assistant's turns, or the first of those that end with results. */
    private static @Nullable String thinkingFirst(Asked asked) {
        if (!isClaude(asked) || !Walk.text(thinking(asked), "type").equals("enabled")) {
            return null;
        }
        JsonNode messages = asked.at("messages");
        int first = -1;
        for (int results = messages.size() - 1; results > 0; results -= 2) {
            if (BedrockBlocks.ids(messages.get(results), "toolResult").isEmpty()
                    || BedrockBlocks.ids(messages.get(results - 1), "toolUse").isEmpty()) {
                break;
            }
            first = results - 1;
        }
        int last = messages.size() - 2;
        boolean lacking = first >= 0 && !thinksFirst(messages.path(first)) && !thinksFirst(messages.path(last));
        return lacking
                ? BedrockBlocks.fromModel("messages." + last
                        + ".content.0.type: Expected `thinking` or `redacted_thinking`. When `thinking` is enabled, a"
                        + " final `assistant` message must start with a thinking block (preceding the lastmost set of"
                        + " `tool_use` and `tool_result` blocks).")
                : null;
    }

    private static boolean thinksFirst(JsonNode message) {
        return message.path("content").path(0).has("reasoningContent");
    }
}
