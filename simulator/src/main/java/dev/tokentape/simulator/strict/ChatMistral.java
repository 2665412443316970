package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Mistral enforces on Chat Completions: its own order of messages, its own ids, and no fields of others. */
final class ChatMistral {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("mistral.unknown-field", ChatMistral::unknownField),
            new VendorRule("mistral.last-role", ChatMistral::lastRole),
            new VendorRule("mistral.order", ChatMistral::order),
            new VendorRule("mistral.as-many-results", ChatMistral::asManyResults),
            new VendorRule("mistral.something-said", ChatMistral::somethingSaid),
            new VendorRule("mistral.call-id", ChatMistral::callId),
            new VendorRule("mistral.results-of-last-calls", ChatMistral::resultsOfLastCalls),
            new VendorRule("mistral.tool-name", ChatMistral::toolName));

    private static final Set<String> BODY = Set.of(
            "model",
            "messages",
            "temperature",
            "top_p",
            "max_tokens",
            "stream",
            "stop",
            "random_seed",
            "metadata",
            "response_format",
            "tools",
            "tool_choice",
            "presence_penalty",
            "frequency_penalty",
            "n",
            "prediction",
            "parallel_tool_calls",
            "prompt_mode",
            "prompt_cache_key",
            "reasoning_effort",
            "guardrails",
            "safe_prompt");

    private static final Map<String, Set<String>> MESSAGES = Map.of(
            "system", Set.of("role", "content"),
            "user", Set.of("role", "content"),
            "assistant", Set.of("role", "content", "tool_calls", "prefix"),
            "tool", Set.of("role", "content", "tool_call_id", "name"));

    /** Which role may come after which. */
    private static final Map<String, Set<String>> AFTER = Map.of(
            "system", Set.of("user", "assistant", "system"),
            "user", Set.of("assistant", "system", "user"),
            "assistant", Set.of("assistant", "user", "tool"),
            "tool", Set.of("assistant", "tool"));

    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9]{9}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private ChatMistral() {}

    private static @Nullable String unknownField(Asked asked) {
        String stranger = Walk.stranger(asked.body(), BODY);
        if (stranger != null) {
            return "Extra inputs are not permitted: body." + stranger;
        }
        return Walk.dotted(asked.at("messages"), "body.messages", (message, path) -> {
            String role = Walk.text(message, "role");
            Set<String> known = MESSAGES.get(role);
            if (known == null) {
                return "Input tag '" + role
                        + "' found using 'role' does not match any of the expected tags: 'assistant', 'system', 'tool',"
                        + " 'user'";
            }
            String unknown = Walk.stranger(message, known);
            return unknown == null ? null : "Extra inputs are not permitted: " + path + "." + role + "." + unknown;
        });
    }

    private static @Nullable String lastRole(Asked asked) {
        JsonNode messages = asked.at("messages");
        JsonNode last = messages.path(messages.size() - 1);
        String role = Walk.text(last, "role");
        boolean served = role.equals("user")
                || role.equals("tool")
                || role.equals("assistant") && last.path("prefix").asBoolean()
                || role.equals("system") && messages.size() == 1;
        return served
                ? null
                : "Expected last role User or Tool (or Assistant with prefix True) for serving but got " + role;
    }

    private static @Nullable String order(Asked asked) {
        JsonNode messages = asked.at("messages");
        String first = Walk.text(messages.path(0), "role");
        if (first.equals("tool")) {
            return "Unexpected role 'tool' at the start of the conversation";
        }
        for (int at = 1; at < messages.size(); at++) {
            String before = Walk.text(messages.get(at - 1), "role");
            String role = Walk.text(messages.get(at), "role");
            if (!AFTER.getOrDefault(before, Set.of()).contains(role)) {
                return "Unexpected role '" + role + "' after role '" + before + "'";
            }
        }
        return null;
    }

    private static @Nullable String asManyResults(Asked asked) {
        int expected = 0;
        for (JsonNode message : asked.at("messages")) {
            if (Walk.text(message, "role").equals("tool")) {
                expected--;
            } else if (expected != 0) {
                return "Not the same number of function calls and responses";
            } else {
                expected = message.path("tool_calls").size();
            }
        }
        return expected == 0 ? null : "Not the same number of function calls and responses";
    }

    private static @Nullable String somethingSaid(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            JsonNode content = message.path("content");
            boolean said = content.isTextual() ? !content.textValue().isEmpty() : !content.isEmpty();
            return Walk.text(message, "role").equals("assistant")
                            && !said
                            && message.path("tool_calls").isEmpty()
                    ? "Assistant message must have either content or tool_calls, but not none."
                    : null;
        });
    }

    private static @Nullable String callId(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            if (Walk.text(message, "role").equals("tool") && !message.hasNonNull("tool_call_id")) {
                return "Tool call id has to be defined.";
            }
            String own = message.has("tool_call_id") ? wrongId(Walk.text(message, "tool_call_id")) : null;
            return own != null
                    ? own
                    : Walk.dotted(message.path("tool_calls"), path, (call, at) -> wrongId(Walk.text(call, "id")));
        });
    }

    private static @Nullable String wrongId(String id) {
        return ID.matcher(id).matches()
                ? null
                : "Tool call id was " + id + " but must be a-z, A-Z, 0-9, with a length of 9.";
    }

    private static @Nullable String resultsOfLastCalls(Asked asked) {
        var open = new java.util.HashSet<String>();
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            if (!Walk.text(message, "role").equals("tool")) {
                open.clear();
                for (JsonNode call : message.path("tool_calls")) {
                    if (!open.add(Walk.text(call, "id"))) {
                        return "Duplicate tool call id in assistant message";
                    }
                }
                return null;
            }
            return open.remove(Walk.text(message, "tool_call_id"))
                    ? null
                    : "Unexpected tool call id " + Walk.text(message, "tool_call_id") + " in tool results";
        });
    }

    private static @Nullable String toolName(Asked asked) {
        String ofTool = Walk.dotted(
                asked.at("tools"), "tools", (tool, path) -> wrongName(Walk.text(tool.path("function"), "name")));
        return ofTool != null
                ? ofTool
                : Walk.dotted(
                        asked.at("messages"),
                        "messages",
                        (message, path) -> Walk.dotted(
                                message.path("tool_calls"),
                                path,
                                (call, at) -> wrongName(Walk.text(call.path("function"), "name"))));
    }

    private static @Nullable String wrongName(String name) {
        return NAME.matcher(name).matches()
                ? null
                : "Function name was " + name
                        + " but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.";
    }
}
