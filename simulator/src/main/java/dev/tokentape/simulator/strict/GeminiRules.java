package dev.tokentape.simulator.strict;

import java.util.List;
import java.util.stream.Stream;

/** What Google enforces on the bodies of generateContent. */
public final class GeminiRules {

    /** Fields and roles before parts, parts before pairing, signatures last. */
    public static final ApiRules ALL =
            new ApiRules(Stream.of(GeminiFields.RULES, GeminiParts.RULES, GeminiCalls.RULES, GeminiTools.RULES)
                    .flatMap(List::stream)
                    .toList());

    private GeminiRules() {}

    /** Whether a model signs its calls, and wants them back signed. */
    public static boolean signs(String model) {
        return GeminiCalls.signs(model);
    }
}
