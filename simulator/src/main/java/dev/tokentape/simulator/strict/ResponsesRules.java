package dev.tokentape.simulator.strict;

import java.util.List;
import java.util.stream.Stream;

/** What OpenAI enforces on the bodies of its Responses API. */
public final class ResponsesRules {

    /** Fields before items, items before pairing. */
    public static final ApiRules ALL =
            new ApiRules(Stream.of(ResponsesFields.RULES, ResponsesItems.RULES, ResponsesCalls.RULES)
                    .flatMap(List::stream)
                    .toList());

    private ResponsesRules() {}
}
