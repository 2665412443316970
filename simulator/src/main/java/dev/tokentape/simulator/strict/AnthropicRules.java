package dev.tokentape.simulator.strict;

import java.util.List;
import java.util.stream.Stream;

/** What Anthropic enforces on the bodies of its Messages API. */
public final class AnthropicRules {

    /** Fields and roles before content, content before pairing, thinking last. */
    public static final ApiRules ALL = new ApiRules(
            Stream.of(AnthropicFields.RULES, AnthropicContent.RULES, AnthropicTools.RULES, AnthropicThinking.RULES)
                    .flatMap(List::stream)
                    .toList());

    private AnthropicRules() {}
}
