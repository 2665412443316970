package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the calls of tools, their results and the tools of a Messages request fit together. */
final class AnthropicTools {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("anthropic.call-id", AnthropicTools::callId),
            new VendorRule("anthropic.call-input", AnthropicTools::callInput),
            new VendorRule("anthropic.call-ids-unique", AnthropicTools::uniqueCalls),
            new VendorRule("anthropic.results-follow-calls", AnthropicTools::resultsFollow),
            new VendorRule("anthropic.results-of-last-calls", AnthropicTools::resultsOfLastCalls),
            new VendorRule("anthropic.one-result", AnthropicTools::oneResult),
            new VendorRule("anthropic.error-without-words", AnthropicTools::errorWithoutWords),
            new VendorRule("anthropic.tool-name", AnthropicTools::toolName),
            new VendorRule("anthropic.tool-schema", AnthropicTools::toolSchema),
            new VendorRule("anthropic.tools-unique", AnthropicTools::uniqueTools),
            new VendorRule("anthropic.choice-without-tools", AnthropicTools::choiceWithoutTools),
            new VendorRule("anthropic.choice-of-unknown-tool", AnthropicTools::choiceOfUnknownTool));

    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final Pattern TOOL_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,128}");
    private static final int LONGEST_CALLED_NAME = 200;

    private AnthropicTools() {}

    private static @Nullable String callId(Asked asked) {
        return AnthropicBlocks.each(asked, (block, path, role) -> {
            String complaint = null;
            if (AnthropicBlocks.is(block, "tool_use")) {
                complaint = wrongId(block, "id", path + ".tool_use");
            } else if (AnthropicBlocks.is(block, "tool_result")) {
                complaint = wrongId(block, "tool_use_id", path + ".tool_result");
            }
            return complaint;
        });
    }

    private static @Nullable String wrongId(JsonNode block, String member, String path) {
        if (!block.has(member)) {
            return path + "." + member + ": Field required";
        }
        return ID.matcher(Walk.text(block, member)).matches()
                ? null
                : path + "." + member + ": String should match pattern '^[a-zA-Z0-9_-]+$'";
    }

    private static @Nullable String callInput(Asked asked) {
        return AnthropicBlocks.each(asked, (block, path, role) -> {
            if (!AnthropicBlocks.is(block, "tool_use")) {
                return null;
            }
            String name = Walk.text(block, "name");
            if (name.isEmpty() || name.length() > LONGEST_CALLED_NAME) {
                return path + ".tool_use.name: "
                        + (name.isEmpty()
                                ? "String should have at least 1 character"
                                : "String should have at most " + LONGEST_CALLED_NAME + " characters");
            }
            return block.path("input").isObject() ? null : path + ".tool_use.input: Input should be a valid dictionary";
        });
    }

    private static @Nullable String uniqueCalls(Asked asked) {
        var seen = new HashSet<String>();
        return AnthropicBlocks.each(
                asked,
                (block, path, role) -> AnthropicBlocks.is(block, "tool_use") && !seen.add(Walk.text(block, "id"))
                        ? path + ": `tool_use` ids must be unique"
                        : null);
    }

    /** Results count only where they stand before anything else that the user says. */
    private static Set<String> leadingResults(JsonNode message) {
        var results = new HashSet<String>();
        if (Walk.text(message, "role").equals("user")) {
            for (JsonNode block : message.path("content")) {
                if (!AnthropicBlocks.is(block, "tool_result")) {
                    break;
                }
                results.add(Walk.text(block, "tool_use_id"));
            }
        }
        return results;
    }

    private static @Nullable String resultsFollow(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 0; at < messages.size(); at++) {
            var unanswered = AnthropicBlocks.members(messages.get(at), "tool_use", "id");
            unanswered.removeAll(leadingResults(messages.path(at + 1)));
            if (!unanswered.isEmpty()) {
                return "messages." + at + ": `tool_use` ids were found without `tool_result` blocks immediately after: "
                        + String.join(", ", unanswered)
                        + ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
            }
        }
        return null;
    }

    private static @Nullable String resultsOfLastCalls(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 0; at < messages.size(); at++) {
            JsonNode content = messages.get(at).path("content");
            List<String> calls = AnthropicBlocks.members(messages.path(at - 1), "tool_use", "id");
            for (int block = 0; block < content.size(); block++) {
                String id = Walk.text(content.get(block), "tool_use_id");
                if (AnthropicBlocks.is(content.get(block), "tool_result") && !calls.contains(id)) {
                    return "messages." + at + ".content." + block
                            + ": unexpected `tool_use_id` found in `tool_result` blocks: " + id
                            + ". Each `tool_result` block must have a corresponding `tool_use` block in the previous"
                            + " message.";
                }
            }
        }
        return null;
    }

    private static @Nullable String oneResult(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            var seen = new HashSet<String>();
            for (String id : AnthropicBlocks.members(message, "tool_result", "tool_use_id")) {
                if (!seen.add(id)) {
                    return path
                            + ": each tool_use must have a single result. Found multiple `tool_result` blocks with id: "
                            + id;
                }
            }
            return null;
        });
    }

    private static @Nullable String errorWithoutWords(Asked asked) {
        return AnthropicBlocks.each(asked, (block, path, role) -> {
            JsonNode content = block.path("content");
            boolean empty = content.isTextual() ? content.textValue().isEmpty() : content.isEmpty();
            return AnthropicBlocks.is(block, "tool_result")
                            && block.path("is_error").asBoolean()
                            && empty
                    ? path + ".tool_result: content cannot be empty if `is_error` is true"
                    : null;
        });
    }

    private static boolean isCustom(JsonNode tool) {
        return !tool.has("type") || Walk.text(tool, "type").equals("custom");
    }

    private static @Nullable String toolName(Asked asked) {
        return Walk.dotted(
                asked.at("tools"),
                "tools",
                (tool, path) -> !isCustom(tool)
                                || TOOL_NAME.matcher(Walk.text(tool, "name")).matches()
                        ? null
                        : path + ".custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    }

    private static @Nullable String toolSchema(Asked asked) {
        return Walk.dotted(asked.at("tools"), "tools", (tool, path) -> {
            if (!isCustom(tool)) {
                return null;
            }
            JsonNode schema = tool.path("input_schema");
            if (!schema.has("type")) {
                return path + ".custom.input_schema" + (schema.isMissingNode() ? "" : ".type") + ": Field required";
            }
            if (!Walk.text(schema, "type").equals("object")) {
                return path + ".custom.input_schema.type: Input should be 'object'";
            }
            return schema.has("oneOf") || schema.has("allOf") || schema.has("anyOf")
                    ? path + ".custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at "
                            + "the top level"
                    : null;
        });
    }

    private static @Nullable String uniqueTools(Asked asked) {
        var seen = new HashSet<String>();
        return Walk.dotted(
                asked.at("tools"),
                "tools",
                (tool, path) -> seen.add(Walk.text(tool, "name")) ? null : "tools: Tool names must be unique.");
    }

    private static @Nullable String choiceWithoutTools(Asked asked) {
        boolean choice = asked.body().hasNonNull("tool_choice");
        return choice && asked.at("tools").isEmpty() ? "tool_choice may only be specified while providing tools" : null;
    }

    private static @Nullable String choiceOfUnknownTool(Asked asked) {
        JsonNode choice = asked.at("tool_choice");
        if (!Walk.text(choice, "type").equals("tool")) {
            return null;
        }
        String name = Walk.text(choice, "name");
        for (JsonNode tool : asked.at("tools")) {
            if (Walk.text(tool, "name").equals(name)) {
                return null;
            }
        }
        return "Tool '" + name + "' not found in provided tools";
    }
}
