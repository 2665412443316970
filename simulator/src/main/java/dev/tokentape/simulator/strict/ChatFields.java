package dev.tokentape.simulator.strict;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields a Chat Completions request has, at those servers that refuse others. */
final class ChatFields {

    static final List<VendorRule> OPENAI = List.of(
            new VendorRule("openai.unknown-field", ChatFields::unknownAtOpenAi),
            new VendorRule("openai.unknown-message-field", ChatFields::unknownInMessageAtOpenAi));

    static final List<VendorRule> GROQ =
            List.of(new VendorRule("groq.unknown-message-field", ChatFields::unknownAtGroq));

    private static final Set<String> BODY = Set.of(
            "model",
            "messages",
            "audio",
            "data_sources",
            "frequency_penalty",
            "function_call",
            "functions",
            "logit_bias",
            "logprobs",
            "max_completion_tokens",
            "max_tokens",
            "metadata",
            "modalities",
            "moderation",
            "n",
            "parallel_tool_calls",
            "prediction",
            "presence_penalty",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning_effort",
            "response_format",
            "safety_identifier",
            "seed",
            "service_tier",
            "stop",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "tool_choice",
            "tools",
            "top_logprobs",
            "top_p",
            "user",
            "verbosity",
            "web_search_options");

    static final Map<String, Set<String>> MESSAGES = Map.of(
            "system", Set.of("role", "content", "name"),
            "developer", Set.of("role", "content", "name"),
            "user", Set.of("role", "content", "name"),
            "assistant", Set.of("role", "content", "name", "refusal", "audio", "tool_calls", "function_call"),
            "tool", Set.of("role", "content", "tool_call_id", "name"),
            "function", Set.of("role", "content", "name"));

    private ChatFields() {}

    private static @Nullable String unknownAtOpenAi(Asked asked) {
        String stranger = Walk.stranger(asked.body(), BODY);
        return stranger == null ? null : "Unrecognized request argument supplied: " + stranger;
    }

    private static @Nullable String unknownInMessageAtOpenAi(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            Set<String> known = MESSAGES.get(Walk.text(message, "role"));
            String stranger = known == null ? null : Walk.stranger(message, known);
            return stranger == null ? null : "Unknown parameter: '" + path + "." + stranger + "'.";
        });
    }

    private static @Nullable String unknownAtGroq(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            String role = Walk.text(message, "role");
            Set<String> known = MESSAGES.get(role);
            String stranger = known == null ? null : Walk.stranger(message, known);
            // What Groq itself calls thinking is taken back.
            return stranger == null || stranger.equals("reasoning")
                    ? null
                    : "'" + path + "' : for 'role:" + role + "' the following must be satisfied[('" + path
                            + "' : property '" + stranger + "' is unsupported)]";
        });
    }
}
