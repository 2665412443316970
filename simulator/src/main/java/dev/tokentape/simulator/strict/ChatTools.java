package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The tools and the settings of a Chat Completions request, as OpenAI wants them. */
final class ChatTools {

    static final List<VendorRule> OPENAI = List.of(
            new VendorRule("openai.tool-name", ChatTools::toolName),
            new VendorRule("openai.no-tools", ChatTools::noTools),
            new VendorRule("openai.choice-without-tools", ChatTools::choiceWithoutTools),
            new VendorRule("openai.choice-of-unknown-tool", ChatTools::choiceOfUnknownTool),
            new VendorRule("openai.stop-sequences", ChatTools::stopSequences),
            new VendorRule("openai.stream-options", ChatTools::streamOptions),
            new VendorRule("openai.one-limit", ChatTools::oneLimit),
            new VendorRule("openai.limit-of-reasoning-models", ChatTools::limitOfReasoningModels),
            new VendorRule("openai.temperature", ChatTools::temperature));

    /** Models which count thinking into the limit, and call it so. */
    private static final Pattern REASONING = Pattern.compile("(?:o[1-9]|gpt-[5-9])(?:[-.].*)?");

    private static final int MOST_STOPS = 4;
    private static final double HOTTEST = 2;

    private ChatTools() {}

    static @Nullable String emptyTools(Asked asked) {
        return asked.at("tools").isArray() && asked.at("tools").isEmpty()
                ? "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty "
                        + "array instead."
                : null;
    }

    private static @Nullable String toolName(Asked asked) {
        return Walk.bracketed(asked.at("tools"), "tools", (tool, path) -> {
            String type = Walk.text(tool, "type");
            if (!type.equals("function") && !type.equals("custom")) {
                return "Invalid value: '" + type + "'. Supported values are: 'function' and 'custom'.";
            }
            return ChatCalls.wrongName(Walk.text(tool.path(type), "name"), path + "." + type + ".name");
        });
    }

    private static @Nullable String noTools(Asked asked) {
        return emptyTools(asked);
    }

    private static @Nullable String choiceWithoutTools(Asked asked) {
        boolean choice = asked.body().hasNonNull("tool_choice");
        if (asked.body().has("tools")) {
            return null;
        }
        if (asked.body().hasNonNull("parallel_tool_calls")) {
            return "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are"
                    + " specified.";
        }
        return choice
                ? "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
                : null;
    }

    private static @Nullable String choiceOfUnknownTool(Asked asked) {
        JsonNode choice = asked.at("tool_choice");
        String name = Walk.text(choice.path("function"), "name");
        if (!choice.has("function")) {
            return null;
        }
        for (JsonNode tool : asked.at("tools")) {
            if (Walk.text(tool.path("function"), "name").equals(name)) {
                return null;
            }
        }
        return "Tool choice function " + name + " not found in 'tools' parameter";
    }

    private static @Nullable String stopSequences(Asked asked) {
        JsonNode stop = asked.at("stop");
        if (stop.size() > MOST_STOPS) {
            return "Invalid 'stop': array too long. Expected an array with maximum length " + MOST_STOPS
                    + ", but got an array with length " + stop.size() + " instead.";
        }
        return Walk.bracketed(
                stop,
                "stop",
                (sequence, path) -> sequence.asText("").isEmpty()
                        ? "Invalid '" + path + "': empty string. Expected a string with minimum length 1, but got an"
                                + " empty string instead."
                        : null);
    }

    private static @Nullable String streamOptions(Asked asked) {
        return asked.body().hasNonNull("stream_options") && !asked.at("stream").asBoolean(false)
                ? "The 'stream_options' parameter is only allowed when 'stream' is enabled."
                : null;
    }

    private static @Nullable String oneLimit(Asked asked) {
        return asked.body().hasNonNull("max_tokens") && asked.body().hasNonNull("max_completion_tokens")
                ? "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
                : null;
    }

    private static @Nullable String limitOfReasoningModels(Asked asked) {
        return asked.body().hasNonNull("max_tokens")
                        && REASONING.matcher(asked.model()).matches()
                ? "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'"
                        + " instead."
                : null;
    }

    private static @Nullable String temperature(Asked asked) {
        double temperature = asked.at("temperature").asDouble();
        return temperature < 0 || temperature > HOTTEST
                ? "Invalid 'temperature': decimal out of range. Expected a value between 0 and 2."
                : null;
    }
}
