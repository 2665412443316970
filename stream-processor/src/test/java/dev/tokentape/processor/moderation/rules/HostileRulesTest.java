package dev.tokentape.processor.moderation.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.processor.moderation.RuleGates;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Rule files that are written to keep a processor busy: refused, or ready in bounded time. */
class HostileRulesTest {

    /** Against hanging; what is counted is work, see PatternBudget. */
    private static final long SECONDS = 60;

    static final List<Arguments> REFUSED = List.of(
            Arguments.of("a million subsets", "(?:a|b){0,24}a(?:a|b){24}"),
            Arguments.of("subsets by any character", ".{0,30}x.{30}"),
            Arguments.of("nested repeats", "(?:(?:(?:a?b?){50}c?){50}d?){19}"),
            Arguments.of("alternatives that share beginnings", "(?:a?){3000}a{3000}"),
            Arguments.of("classes full of ranges", "[" + everyOther() + "]{100}"),
            Arguments.of("ranges over everything", "[\\u0000-\\uffff]".repeat(300)),
            Arguments.of("a long pattern", "a?".repeat(3000)));

    private static String everyOther() {
        return IntStream.range(0, 1500)
                .mapToObj(i -> Character.toString(0x4E00 + 2 * i))
                .collect(Collectors.joining());
    }

    private static String rules(int count, IntFunction<String> pattern) {
        return "rules:\n"
                + IntStream.range(0, count)
                        .mapToObj(i -> "  - {id: r" + i + ", pattern: '" + pattern.apply(i) + "'}\n")
                        .collect(Collectors.joining());
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("REFUSED")
    @Timeout(SECONDS)
    void aPatternThatCostsTooMuchIsRefusedByTheNameOfItsRule(String name, String pattern) {
        assertThatThrownBy(() -> RuleFile.parse("rules:\n  - {id: hostile, pattern: '" + pattern + "'}"))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("rule hostile: ");
    }

    @Test
    @Timeout(SECONDS)
    void manyCostlyPatternsAreRefusedTogether() {
        assertThatThrownBy(() -> RuleFile.parse(rules(500, i -> "(?:a|b){0,9}a(?:a|b){9}" + i)))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("all patterns of the file together");
        assertThatThrownBy(() -> RuleFile.parse(rules(1_001, i -> "a" + i)))
                .isInstanceOf(RuleFileException.class)
                .hasMessageContaining("rule r1000: ");
    }

    @Test
    @Timeout(SECONDS)
    void patternsThatMultiplyAreKeptApart() {
        // Given patterns that may all be anywhere at once
        String yaml = rules(300, i -> "[a-z]{0,6}" + (char) ('a' + i % 26) + (i % 10) + "[a-z]{0,3}" + i);

        // When
        RuleGates gates = new RuleGates(RuleFile.parse(yaml));

        // Then
        assertThat(gates.ruleSet().rules()).hasSize(300);
    }
}
