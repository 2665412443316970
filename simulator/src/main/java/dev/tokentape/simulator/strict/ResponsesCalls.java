package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the calls of a Responses request and their outputs fit together. */
final class ResponsesCalls {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("responses.call", ResponsesCalls::call),
            new VendorRule("responses.call-id-length", ResponsesCalls::callIdLength),
            new VendorRule("responses.called-name", ResponsesCalls::calledName),
            new VendorRule("responses.output", ResponsesCalls::output),
            new VendorRule("responses.call-for-output", ResponsesCalls::callForOutput),
            new VendorRule("responses.output-for-call", ResponsesCalls::outputForCall));

    /** The calls that a client answers, and the items that it answers with. */
    private static final Map<String, String> OUTPUTS = Map.of(
            "function_call", "function_call_output",
            "custom_tool_call", "custom_tool_call_output",
            "local_shell_call", "local_shell_call_output",
            "shell_call", "shell_call_output",
            "apply_patch_call", "apply_patch_call_output",
            "computer_call", "computer_call_output");

    private static final int LONGEST_ID = 64;

    private ResponsesCalls() {}

    private static boolean isCall(JsonNode item) {
        return OUTPUTS.containsKey(ResponsesItems.type(item));
    }

    private static boolean isOutput(JsonNode item) {
        return OUTPUTS.containsValue(ResponsesItems.type(item));
    }

    private static String words(String type) {
        return type.replace('_', ' ');
    }

    private static @Nullable String call(Asked asked) {
        return ResponsesItems.each(asked, (item, path) -> {
            if (!isCall(item)) {
                return null;
            }
            if (!item.hasNonNull("call_id")) {
                return "Missing required parameter: '" + path + ".call_id'.";
            }
            List<String> required = switch (ResponsesItems.type(item)) {
                case "function_call" -> List.of("name", "arguments");
                case "custom_tool_call" -> List.of("name", "input");
                default -> List.of();
            };
            for (String member : required) {
                JsonNode value = item.path(member);
                if (value.isMissingNode()) {
                    return "Missing required parameter: '" + path + "." + member + "'.";
                }
                if (!value.isTextual()) {
                    return "Invalid type for '" + path + "." + member + "': expected a string, but got "
                            + (value.isNull() ? "null" : "an object") + " instead.";
                }
            }
            return null;
        });
    }

    private static @Nullable String callIdLength(Asked asked) {
        return ResponsesItems.each(
                asked,
                (item, path) -> isCall(item) || isOutput(item)
                        ? ChatCalls.tooLong(Walk.text(item, "call_id"), path + ".call_id", LONGEST_ID)
                        : null);
    }

    private static @Nullable String calledName(Asked asked) {
        return ResponsesItems.each(
                asked,
                (item, path) -> isCall(item) && item.has("name")
                        ? ChatCalls.wrongName(Walk.text(item, "name"), path + ".name")
                        : null);
    }

    private static @Nullable String output(Asked asked) {
        return ResponsesItems.each(asked, (item, path) -> {
            String type = ResponsesItems.type(item);
            boolean spoken = type.equals("function_call_output") || type.equals("custom_tool_call_output");
            JsonNode output = item.path("output");
            return !spoken || output.isTextual() || output.isArray()
                    ? null
                    : "Missing required parameter: '" + path + ".output'.";
        });
    }

    /** Each output answers one call of its own type that stands before it and has no output yet. */
    private static @Nullable String callForOutput(Asked asked) {
        if (asked.body().hasNonNull("previous_response_id")) {
            return null;
        }
        var open = new ArrayList<String>();
        return ResponsesItems.each(asked, (item, path) -> {
            String id = Walk.text(item, "call_id");
            if (isCall(item)) {
                open.add(OUTPUTS.get(ResponsesItems.type(item)) + " " + id);
            }
            String type = ResponsesItems.type(item);
            return !isOutput(item) || open.remove(type + " " + id)
                    ? null
                    : "No tool call found for " + words(type) + " with call_id " + id + ".";
        });
    }

    private static @Nullable String outputForCall(Asked asked) {
        var answered = new ArrayList<String>();
        asked.at("input").forEach(item -> {
            if (isOutput(item)) {
                answered.add(Walk.text(item, "call_id"));
            }
        });
        return ResponsesItems.each(asked, (item, path) -> {
            String id = Walk.text(item, "call_id");
            return !isCall(item) || answered.remove(id)
                    ? null
                    : "No tool output found for " + words(ResponsesItems.type(item)) + " " + id + ".";
        });
    }
}
