package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields a Messages request has, and which roles. */
final class AnthropicFields {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("anthropic.unknown-field", AnthropicFields::unknownField),
            new VendorRule("anthropic.role", AnthropicFields::role),
            new VendorRule("anthropic.first-user", AnthropicFields::firstUser),
            new VendorRule("anthropic.block-type", AnthropicFields::blockType),
            new VendorRule("anthropic.stop-sequences", AnthropicFields::stopSequences),
            new VendorRule("anthropic.temperature", AnthropicFields::temperature),
            new VendorRule("anthropic.sampling-gone", AnthropicFields::samplingGone),
            new VendorRule("anthropic.one-sampling", AnthropicFields::oneSampling));

    private static final String EXTRA = ": Extra inputs are not permitted";

    private static final Set<String> BODY = Set.of(
            "model",
            "messages",
            "max_tokens",
            "system",
            "stream",
            "temperature",
            "top_k",
            "top_p",
            "stop_sequences",
            "tools",
            "tool_choice",
            "thinking",
            "metadata",
            "service_tier",
            "container",
            "context_management",
            "mcp_servers",
            "output_config",
            "output_format",
            "cache_control",
            "inference_geo",
            "speed");

    /** The members of the blocks that a client writes itself; those that servers make are not looked into. */
    private static final Map<String, Set<String>> BLOCKS = Map.of(
            "text", Set.of("type", "text", "citations", "cache_control"),
            "image", Set.of("type", "source", "cache_control"),
            "thinking", Set.of("type", "thinking", "signature"),
            "redacted_thinking", Set.of("type", "data"),
            "tool_use", Set.of("type", "id", "name", "input", "caller", "cache_control"),
            "tool_result", Set.of("type", "tool_use_id", "content", "is_error", "cache_control"));

    private static final Set<String> SERVED_BLOCKS = Set.of(
            "document",
            "search_result",
            "server_tool_use",
            "mcp_tool_use",
            "mcp_tool_result",
            "web_search_tool_result",
            "web_fetch_tool_result",
            "code_execution_tool_result",
            "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result",
            "tool_search_tool_result",
            "container_upload",
            "compaction");

    private static final Set<String> TOOL = Set.of(
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "defer_loading",
            "eager_input_streaming",
            "allowed_callers",
            "input_examples");

    private AnthropicFields() {}

    private static @Nullable String unknownField(Asked asked) {
        String stranger = Walk.stranger(asked.body(), BODY);
        if (stranger != null) {
            return stranger + EXTRA;
        }
        String inMessage = Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            String unknown = Walk.stranger(message, Set.of("role", "content"));
            return unknown == null ? null : path + "." + unknown + EXTRA;
        });
        if (inMessage != null) {
            return inMessage;
        }
        String inBlock = AnthropicBlocks.each(asked, (block, path, role) -> {
            String type = Walk.text(block, "type");
            Set<String> known = BLOCKS.get(type);
            String unknown = known == null ? null : Walk.stranger(block, known);
            return unknown == null ? null : path + "." + type + "." + unknown + EXTRA;
        });
        return inBlock != null
                ? inBlock
                : Walk.dotted(asked.at("tools"), "tools", (tool, path) -> {
                    boolean custom =
                            !tool.has("type") || Walk.text(tool, "type").equals("custom");
                    String unknown = custom ? Walk.stranger(tool, TOOL) : null;
                    return unknown == null ? null : path + ".custom." + unknown + EXTRA;
                });
    }

    private static @Nullable String role(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> switch (Walk.text(message, "role")) {
            case "user", "assistant" -> null;
            case "system" ->
                "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not"
                        + " \"system\" as an input message role.";
            default -> path + ".role: Input should be 'user' or 'assistant'";
        });
    }

    private static @Nullable String firstUser(Asked asked) {
        return Walk.text(asked.at("messages").path(0), "role").equals("user")
                ? null
                : "messages: first message must use the \"user\" role";
    }

    private static @Nullable String blockType(Asked asked) {
        String content = Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            JsonNode given = message.path("content");
            return given.isTextual() || given.isArray()
                    ? null
                    : path + ".content: " + (given.isMissingNode() ? "Field required" : "Input should be a valid list");
        });
        return content != null
                ? content
                : AnthropicBlocks.each(asked, (block, path, role) -> {
                    String type = Walk.text(block, "type");
                    if (!BLOCKS.containsKey(type) && !SERVED_BLOCKS.contains(type)) {
                        return path + ": Input tag '" + type
                                + "' found using 'type' does not match any of the expected tags for content blocks";
                    }
                    boolean assistants = type.equals("tool_use") || AnthropicBlocks.isThinking(block);
                    if (assistants && role.equals("user")) {
                        return path + ": `" + type + "` blocks can only be in `assistant` messages";
                    }
                    boolean users = type.equals("tool_result") || type.equals("image");
                    return users && role.equals("assistant")
                            ? path + ": `" + type + "` blocks can only be in `user` messages"
                            : null;
                });
    }

    private static @Nullable String stopSequences(Asked asked) {
        return Walk.dotted(
                asked.at("stop_sequences"),
                "stop_sequences",
                (stop, path) -> stop.asText("").isBlank()
                        ? "stop_sequences: each stop sequence must contain non-whitespace"
                        : null);
    }

    private static @Nullable String temperature(Asked asked) {
        JsonNode temperature = asked.at("temperature");
        boolean within = temperature.isMissingNode()
                || temperature.isNumber() && temperature.doubleValue() >= 0 && temperature.doubleValue() <= 1;
        return within ? null : "temperature: range: 0..1";
    }

    private static @Nullable String samplingGone(Asked asked) {
        if (!ClaudeModel.named(asked.model()).withoutSampling()) {
            return null;
        }
        for (String parameter : List.of("temperature", "top_p", "top_k")) {
            if (asked.body().has(parameter)) {
                return "`" + parameter + "` is deprecated for this model.";
            }
        }
        return null;
    }

    private static @Nullable String oneSampling(Asked asked) {
        boolean both = asked.body().has("temperature") && asked.body().has("top_p");
        return both && ClaudeModel.named(asked.model()).oneSamplingParameter()
                ? "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
                : null;
    }
}
