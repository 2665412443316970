package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The few rules by which some servers of Chat Completions differ from the others. */
final class ChatOthers {

    static final List<VendorRule> DEEPSEEK = List.of(
            new VendorRule("deepseek.reasoning-with-calls", ChatOthers::reasoningWithCalls),
            new VendorRule("deepseek.thinking-and-forced-tool", ChatOthers::forcedTool),
            new VendorRule("deepseek.thinking-and-prefill", ChatOthers::prefill));

    static final List<VendorRule> VLLM =
            List.of(new VendorRule("vllm.one-system-message", ChatOthers::oneSystemMessage));

    static final List<VendorRule> PERPLEXITY = List.of(
            new VendorRule("perplexity.last-role", ChatOthers::lastRole),
            new VendorRule("perplexity.alternation", ChatOthers::alternation));

    /** Models that think unless they are told not to. */
    private static final Pattern THINKING = Pattern.compile("deepseek-(?:reasoner|v(?:[4-9]|[1-9]\\d).*)");

    private ChatOthers() {}

    private static @Nullable String reasoningWithCalls(Asked asked) {
        return !thinks(asked)
                ? null
                : Walk.bracketed(
                        asked.at("messages"),
                        "messages",
                        (message, path) -> message.has("tool_calls")
                                        && !message.path("reasoning_content").isTextual()
                                ? "The `reasoning_content` in the thinking mode must be passed back to the API."
                                : null);
    }

    private static boolean thinks(Asked asked) {
        String thinking = Walk.text(asked.at("thinking"), "type");
        return thinking.equals("enabled")
                || !thinking.equals("disabled")
                        && THINKING.matcher(asked.model()).matches();
    }

    private static @Nullable String forcedTool(Asked asked) {
        JsonNode choice = asked.at("tool_choice");
        boolean forced = choice.isObject() || choice.asText().equals("required");
        return forced && thinks(asked) ? "Thinking mode does not support this tool_choice" : null;
    }

    private static @Nullable String prefill(Asked asked) {
        JsonNode messages = asked.at("messages");
        JsonNode last = messages.path(messages.size() - 1);
        boolean begun = Walk.text(last, "role").equals("assistant")
                && !last.path("prefix").asBoolean();
        return begun && thinks(asked)
                ? "The last message of " + asked.model()
                        + " must be a user message, or an assistant message with prefix mode on."
                : null;
    }

    private static @Nullable String oneSystemMessage(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 1; at < messages.size(); at++) {
            String role = Walk.text(messages.get(at), "role");
            if (role.equals("system") || role.equals("developer")) {
                return "System message must be at the beginning.";
            }
        }
        return null;
    }

    private static @Nullable String lastRole(Asked asked) {
        JsonNode messages = asked.at("messages");
        String role = Walk.text(messages.path(messages.size() - 1), "role");
        return role.equals("user") || role.equals("tool") ? null : "Last message must have role `user` or `tool`.";
    }

    /** Whether a tool's result and the user's next words may stand together is not told; it is taken that they may. */
    private static @Nullable String alternation(Asked asked) {
        String before = "assistant";
        boolean systemMayCome = true;
        for (JsonNode message : asked.at("messages")) {
            String role = Walk.text(message, "role");
            if (role.equals("system")) {
                if (!systemMayCome) {
                    return "System messages must come before all others.";
                }
                continue;
            }
            systemMayCome = false;
            if (role.equals(before) && !role.equals("tool")) {
                return "After the (optional) system message(s), user or tool message(s) should alternate with assistant"
                        + " message(s).";
            }
            before = role;
        }
        return null;
    }
}
