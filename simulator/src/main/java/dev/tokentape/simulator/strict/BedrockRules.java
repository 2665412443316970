package dev.tokentape.simulator.strict;

import java.util.List;
import java.util.stream.Stream;

/** What Bedrock enforces on the bodies of its Converse API. A model whose name tells no family counts as Claude. */
public final class BedrockRules {

    /** Shape and roles before content, content before pairing, thinking last. */
    public static final ApiRules ALL =
            new ApiRules(Stream.of(BedrockMessages.RULES, BedrockTools.RULES, BedrockThinking.RULES)
                    .flatMap(List::stream)
                    .toList());

    private BedrockRules() {}
}
