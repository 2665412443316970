package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields and the tools of a Responses request. */
final class ResponsesFields {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("responses.unknown-field", ResponsesFields::unknownField),
            new VendorRule("responses.include", ResponsesFields::include),
            new VendorRule("responses.tool-name", ResponsesFields::toolName),
            new VendorRule("responses.choice-without-tools", ResponsesFields::choiceWithoutTools),
            new VendorRule("responses.least-limit", ResponsesFields::leastLimit),
            new VendorRule("responses.temperature", ResponsesFields::temperature));

    private static final Set<String> BODY = Set.of(
            "model",
            "input",
            "background",
            "context_management",
            "conversation",
            "include",
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "metadata",
            "moderation",
            "parallel_tool_calls",
            "previous_response_id",
            "prompt",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning",
            "safety_identifier",
            "service_tier",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "text",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "truncation",
            "user");

    private static final Set<String> INCLUDES = Set.of(
            "file_search_call.results",
            "web_search_call.results",
            "web_search_call.action.sources",
            "message.input_image.image_url",
            "computer_call_output.output.image_url",
            "code_interpreter_call.outputs",
            "reasoning.encrypted_content",
            "message.output_text.logprobs");

    private static final int LEAST_LIMIT = 16;
    private static final double HOTTEST = 2;

    private ResponsesFields() {}

    private static @Nullable String unknownField(Asked asked) {
        String stranger = Walk.stranger(asked.body(), BODY);
        return stranger == null ? null : "Unknown parameter: '" + stranger + "'.";
    }

    private static @Nullable String include(Asked asked) {
        return Walk.bracketed(
                asked.at("include"),
                "include",
                (included, path) -> INCLUDES.contains(included.asText())
                        ? null
                        : "Invalid value: '" + included.asText() + "'. Supported values are: "
                                + String.join(", ", INCLUDES.stream().sorted().toList()) + ".");
    }

    private static @Nullable String toolName(Asked asked) {
        return Walk.bracketed(asked.at("tools"), "tools", (tool, path) -> {
            String type = Walk.text(tool, "type");
            if (type.isEmpty()) {
                return "Missing required parameter: '" + path + ".type'.";
            }
            if (!type.equals("function") && !type.equals("custom")) {
                return null;
            }
            return tool.hasNonNull("name")
                    ? ChatCalls.wrongName(Walk.text(tool, "name"), path + ".name")
                    : "Missing required parameter: '" + path + ".name'.";
        });
    }

    private static @Nullable String choiceWithoutTools(Asked asked) {
        JsonNode choice = asked.at("tool_choice");
        boolean forced = choice.asText("").equals("required");
        if (asked.at("tools").isEmpty()) {
            return forced || choice.isObject()
                    ? "Tool choice 'required' must be specified with 'tools' parameter."
                    : null;
        }
        if (!Walk.text(choice, "type").equals("function")) {
            return null;
        }
        for (JsonNode tool : asked.at("tools")) {
            if (Walk.text(tool, "name").equals(Walk.text(choice, "name"))) {
                return null;
            }
        }
        return "Tool choice 'function' not found in 'tools' parameter.";
    }

    private static @Nullable String leastLimit(Asked asked) {
        JsonNode limit = asked.at("max_output_tokens");
        return limit.isNumber() && limit.intValue() < LEAST_LIMIT
                ? "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= " + LEAST_LIMIT
                        + ", but got " + limit + " instead."
                : null;
    }

    private static @Nullable String temperature(Asked asked) {
        double temperature = asked.at("temperature").asDouble();
        return temperature < 0 || temperature > HOTTEST
                ? "Invalid 'temperature': decimal out of range. Expected a value between 0 and 2."
                : null;
    }
}
