package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the calls of tools, their results and the tools of a Converse request fit together. */
final class BedrockTools {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("bedrock.sides", BedrockTools::sides),
            new VendorRule("bedrock.call-id", BedrockTools::callId),
            new VendorRule("bedrock.call-input", BedrockTools::callInput),
            new VendorRule("bedrock.call-ids-unique", BedrockTools::uniqueCalls),
            new VendorRule("bedrock.results-follow-calls", BedrockTools::resultsFollow),
            new VendorRule("bedrock.results-of-last-calls", BedrockTools::resultsOfLastCalls),
            new VendorRule("bedrock.results-first", BedrockTools::resultsFirst),
            new VendorRule("bedrock.empty-result", BedrockTools::emptyResult),
            new VendorRule("bedrock.tool-config", BedrockTools::toolConfig),
            new VendorRule("bedrock.no-tools", BedrockTools::noTools),
            new VendorRule("bedrock.tool-name", BedrockTools::toolName),
            new VendorRule("bedrock.tool-schema", BedrockTools::toolSchema),
            new VendorRule("bedrock.tools-unique", BedrockTools::uniqueTools),
            new VendorRule("bedrock.choice-of-unknown-tool", BedrockTools::choiceOfUnknownTool));

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final int LONGEST = 64;

    private BedrockTools() {}

    private static @Nullable String sides(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            if (role.equals("user") && (block.has("toolUse") || block.has("reasoningContent"))) {
                return "User messages cannot contain "
                        + (block.has("toolUse") ? "tool uses" : "reasoning content") + ". Please remove the "
                        + (block.has("toolUse") ? "tool use" : "reasoning content") + " and try again.";
            }
            if (role.equals("assistant") && (block.has("toolResult") || block.has("image"))) {
                return "Assistant messages cannot contain "
                        + (block.has("toolResult") ? "tool results" : "images") + ". Please remove the "
                        + (block.has("toolResult") ? "tool result" : "image") + " and try again.";
            }
            return null;
        });
    }

    private static @Nullable String callId(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            for (String kind : List.of("toolUse", "toolResult")) {
                if (block.has(kind)) {
                    return wrong(Walk.text(block.path(kind), "toolUseId"), path + "." + kind + ".toolUseId");
                }
            }
            return null;
        });
    }

    private static @Nullable String wrong(String name, String path) {
        if (!NAME.matcher(name).matches()) {
            return BedrockBlocks.constraint(
                    name, path, "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+");
        }
        return name.length() <= LONGEST
                ? null
                : BedrockBlocks.constraint(name, path, "Member must have length less than or equal to " + LONGEST);
    }

    private static @Nullable String callInput(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            if (!block.has("toolUse")) {
                return null;
            }
            JsonNode call = block.path("toolUse");
            String name = wrong(Walk.text(call, "name"), path + ".toolUse.name");
            return name != null || call.path("input").isObject()
                    ? name
                    : "The format of the value at " + path
                            + ".toolUse.input is invalid. Provide a json object for the field and try again.";
        });
    }

    private static @Nullable String uniqueCalls(Asked asked) {
        var seen = new HashSet<String>();
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            for (String id : BedrockBlocks.ids(message, "toolUse")) {
                if (!seen.add(id)) {
                    return BedrockBlocks.fromModel(path + ": `tool_use` ids must be unique");
                }
            }
            return null;
        });
    }

    private static @Nullable String resultsFollow(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 0; at < messages.size(); at++) {
            List<String> unanswered = BedrockBlocks.ids(messages.get(at), "toolUse");
            unanswered.removeAll(BedrockBlocks.ids(messages.path(at + 1), "toolResult"));
            if (!unanswered.isEmpty()) {
                return "Expected toolResult blocks at messages." + (at + 1) + ".content for the following Ids: "
                        + String.join(", ", unanswered);
            }
        }
        return null;
    }

    private static @Nullable String resultsOfLastCalls(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 0; at < messages.size(); at++) {
            List<String> results = BedrockBlocks.ids(messages.get(at), "toolResult");
            List<String> calls = BedrockBlocks.ids(messages.path(at - 1), "toolUse");
            if (results.size() > calls.size()) {
                return "The number of toolResult blocks at messages." + at
                        + ".content exceeds the number of toolUse blocks of previous turn.";
            }
            for (String id : results) {
                if (!calls.contains(id)) {
                    return "The toolResult blocks at messages." + at + ".content contain an Id that the toolUse blocks"
                            + " of the previous turn do not: " + id;
                }
            }
        }
        return null;
    }

    private static @Nullable String resultsFirst(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            int results = BedrockBlocks.ids(message, "toolResult").size();
            for (int at = 0; at < results; at++) {
                if (!message.path("content").path(at).has("toolResult")) {
                    return BedrockBlocks.fromModel(path + ": Did not find " + results
                            + " `tool_result` block(s) at the beginning of this message. Messages following `tool_use`"
                            + " blocks must begin with a matching number of `tool_result` blocks.");
                }
            }
            return null;
        });
    }

    private static @Nullable String emptyResult(Asked asked) {
        return BedrockBlocks.each(
                asked,
                (block, path, role) -> block.has("toolResult")
                                && block.path("toolResult").path("content").isEmpty()
                        ? "The content field in the ToolResultBlock object at " + path
                                + ".toolResult is empty. Add a ToolResultContentBlock object to the content field and"
                                + " try again."
                        : null);
    }

    private static @Nullable String toolConfig(Asked asked) {
        return asked.body().has("toolConfig")
                ? null
                : BedrockBlocks.each(
                        asked,
                        (block, path, role) -> block.has("toolUse") || block.has("toolResult")
                                ? "The toolConfig field must be defined when using toolUse and toolResult content"
                                        + " blocks."
                                : null);
    }

    private static @Nullable String noTools(Asked asked) {
        return asked.body().has("toolConfig")
                        && asked.at("toolConfig").path("tools").isEmpty()
                ? BedrockBlocks.constraint(
                        "[]", "toolConfig.tools", "Member must have length greater than or equal to 1")
                : null;
    }

    /** The first complaint about a tool that a client has written. */
    private static @Nullable String tools(Asked asked, Walk.Visitor visitor) {
        return Walk.dotted(
                asked.at("toolConfig").path("tools"),
                "toolConfig.tools",
                (tool, path) -> tool.has("toolSpec") ? visitor.at(tool.path("toolSpec"), path + ".toolSpec") : null);
    }

    private static @Nullable String toolName(Asked asked) {
        return tools(asked, (tool, path) -> wrong(Walk.text(tool, "name"), path + ".name"));
    }

    private static @Nullable String toolSchema(Asked asked) {
        return tools(
                asked,
                (tool, path) -> Walk.text(tool.path("inputSchema").path("json"), "type")
                                .equals("object")
                        ? null
                        : "The value at " + path + ".inputSchema.json.type must be one of the following: object.");
    }

    private static @Nullable String uniqueTools(Asked asked) {
        var seen = new HashSet<String>();
        return tools(
                asked,
                (tool, path) -> seen.add(Walk.text(tool, "name"))
                        ? null
                        : "The tool " + Walk.text(tool, "name") + " is already defined at "
                                + path.replaceAll("\\.\\d+\\.toolSpec$", "") + ".");
    }

    private static @Nullable String choiceOfUnknownTool(Asked asked) {
        JsonNode choice = asked.at("toolConfig").path("toolChoice").path("tool");
        if (choice.isMissingNode()) {
            return null;
        }
        String name = Walk.text(choice, "name");
        String found = tools(asked, (tool, path) -> Walk.text(tool, "name").equals(name) ? path : null);
        return found != null ? null : BedrockBlocks.fromModel("Tool '" + name + "' not found in provided tools");
    }
}
