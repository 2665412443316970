package dev.tokentape.simulator.strict;

import dev.tokentape.simulator.settings.ChatDialect;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What the servers that speak Chat Completions enforce: some rules all of them, some each its own. */
public final class ChatRules {

    private static final Map<ChatDialect, ApiRules> BY_DIALECT = byDialect();

    private ChatRules() {}

    /** Those of one server. */
    public static ApiRules of(ChatDialect dialect) {
        return Objects.requireNonNull(BY_DIALECT.get(dialect), dialect.spelling());
    }

    private static Map<ChatDialect, ApiRules> byDialect() {
        var rules = new EnumMap<ChatDialect, ApiRules>(ChatDialect.class);
        for (ChatDialect dialect : ChatDialect.values()) {
            rules.put(
                    dialect,
                    switch (dialect) {
                        case OPENAI, AZURE ->
                            of(ChatFields.OPENAI, ChatMessages.ALL, ChatCalls.PAIRS, ChatCalls.IDS, ChatTools.OPENAI);
                        case MISTRAL -> of(ChatMistral.RULES, ChatMessages.ALL);
                        case GROQ -> of(ChatFields.GROQ, ChatMessages.ALL, ChatCalls.PAIRS);
                        case DEEPSEEK -> of(ChatMessages.ALL, ChatCalls.PAIRS, ChatOthers.DEEPSEEK);
                        case VLLM -> of(ChatOthers.VLLM, ChatMessages.ALL, ChatCalls.PAIRS);
                        case PERPLEXITY -> of(ChatOthers.PERPLEXITY, ChatMessages.ALL, ChatCalls.PAIRS);
                        // Gateways put state of their own into ids, and pass them on as the vendor behind wants them.
                        case OPENROUTER, LITELLM, OLLAMA_V1, LLAMA_CPP, XAI -> of(ChatMessages.ALL, ChatCalls.PAIRS);
                    });
        }
        return rules;
    }

    @SafeVarargs
    private static ApiRules of(List<VendorRule>... groups) {
        return new ApiRules(Stream.of(groups).flatMap(List::stream).toList());
    }
}
