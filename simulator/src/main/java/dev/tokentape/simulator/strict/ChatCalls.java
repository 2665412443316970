package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the tool calls of a Chat Completions request and the messages with their results fit together. */
final class ChatCalls {

    static final List<VendorRule> PAIRS = List.of(
            new VendorRule("chat.call", ChatCalls::call),
            new VendorRule("chat.call-ids-unique", ChatCalls::uniqueCalls),
            new VendorRule("chat.results-follow-calls", ChatCalls::resultsFollow),
            new VendorRule("chat.results-of-last-calls", ChatCalls::resultsOfLastCalls));

    static final List<VendorRule> IDS = List.of(
            new VendorRule("openai.call-id-length", ChatCalls::idLength),
            new VendorRule("openai.called-name", ChatCalls::calledName));

    static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]+");
    static final int LONGEST_NAME = 64;
    private static final int LONGEST_ID = 40;

    private ChatCalls() {}

    private static @Nullable String each(Asked asked, Walk.Visitor visitor) {
        return Walk.bracketed(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.bracketed(message.path("tool_calls"), path + ".tool_calls", visitor));
    }

    private static @Nullable String call(Asked asked) {
        String empty = Walk.bracketed(
                asked.at("messages"),
                "messages",
                (message, path) -> message.path("tool_calls").isArray()
                                && message.path("tool_calls").isEmpty()
                        ? "Invalid '" + path + ".tool_calls': empty array. Expected an array with minimum length 1, but"
                                + " got an empty array instead."
                        : null);
        return empty != null
                ? empty
                : each(asked, (call, path) -> {
                    if (Walk.text(call, "id").isEmpty()) {
                        return "Missing required parameter: '" + path + ".id'.";
                    }
                    boolean custom = Walk.text(call, "type").equals("custom");
                    if (!custom && !Walk.text(call, "type").equals("function")) {
                        return "Missing required parameter: '" + path + ".type'.";
                    }
                    String kind = custom ? "custom" : "function";
                    if (Walk.text(call.path(kind), "name").isEmpty()) {
                        return "Missing required parameter: '" + path + "." + kind + ".name'.";
                    }
                    String input = custom ? "input" : "arguments";
                    return call.path(kind).path(input).isTextual()
                            ? null
                            : "Invalid type for '" + path + "." + kind + "." + input + "': expected a string.";
                });
    }

    private static @Nullable String uniqueCalls(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            var seen = new HashSet<String>();
            for (JsonNode call : message.path("tool_calls")) {
                if (!seen.add(Walk.text(call, "id"))) {
                    return "Duplicate value for 'tool_call_id' of '" + Walk.text(call, "id") + "' in " + path + ".";
                }
            }
            return null;
        });
    }

    private static boolean isResult(JsonNode message) {
        return Walk.text(message, "role").equals("tool");
    }

    private static @Nullable String resultsFollow(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 0; at < messages.size(); at++) {
            Set<String> unanswered = new LinkedHashSet<>();
            for (JsonNode call : messages.get(at).path("tool_calls")) {
                unanswered.add(Walk.text(call, "id"));
            }
            for (int next = at + 1; isResult(messages.path(next)); next++) {
                unanswered.remove(Walk.text(messages.get(next), "tool_call_id"));
            }
            if (!unanswered.isEmpty()) {
                return "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
                        + " 'tool_call_id'. The following tool_call_ids did not have response messages: "
                        + String.join(", ", unanswered);
            }
        }
        return null;
    }

    private static @Nullable String resultsOfLastCalls(Asked asked) {
        var open = new HashSet<String>();
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            if (!isResult(message)) {
                open.clear();
                message.path("tool_calls").forEach(call -> open.add(Walk.text(call, "id")));
                return null;
            }
            return open.remove(Walk.text(message, "tool_call_id"))
                    ? null
                    : "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
                            + " 'tool_calls'.";
        });
    }

    private static @Nullable String idLength(Asked asked) {
        String ofCall = each(asked, (call, path) -> tooLong(Walk.text(call, "id"), path + ".id", LONGEST_ID));
        return ofCall != null
                ? ofCall
                : Walk.bracketed(
                        asked.at("messages"),
                        "messages",
                        (message, path) ->
                                tooLong(Walk.text(message, "tool_call_id"), path + ".tool_call_id", LONGEST_ID));
    }

    /** OpenAI's complaint about a text that is too long; null if it is not. */
    static @Nullable String tooLong(String text, String path, int longest) {
        return text.length() <= longest
                ? null
                : "Invalid '" + path + "': string too long. Expected a string with maximum length " + longest
                        + ", but got a string with length " + text.length() + " instead.";
    }

    /** OpenAI's complaint about the name of a tool; null if it is one. */
    static @Nullable String wrongName(String name, String path) {
        return NAME.matcher(name).matches()
                ? tooLong(name, path, LONGEST_NAME)
                : "Invalid '" + path
                        + "': string does not match pattern. Expected a string that matches the pattern"
                        + " '^[a-zA-Z0-9_-]+$'.";
    }

    private static @Nullable String calledName(Asked asked) {
        return each(
                asked,
                (call, path) -> call.has("function")
                        ? wrongName(Walk.text(call.path("function"), "name"), path + ".function.name")
                        : null);
    }
}
