package dev.tokentape.processor.moderation.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.processor.moderation.rules.DefaultRules;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work is counted, not timed, so that a file is taken or refused alike on every machine. */
class PatternBudgetTest {

    private static final Pattern QUOTED = Pattern.compile("(?:pattern: |      - )'((?:[^']|'')+)'");

    private final PatternBudget budget = new PatternBudget();

    @Test
    void theDefaultRulesTakeAFractionOfAFilesShare() throws PatternException {
        // Given
        List<String> patterns = QUOTED.matcher(DefaultRules.yaml())
                .results()
                .map(found -> found.group(1).replace("''", "'"))
                .toList();
        assertThat(patterns).hasSizeGreaterThan(30);

        // When
        long most = 0;
        for (String pattern : patterns) {
            long before = budget.spent();
            PlainPattern.compile(pattern, false, 16_000, budget);
            most = Math.max(most, budget.spent() - before);
        }

        // Then
        assertThat(budget.spent()).isBetween(1L, PatternBudget.OF_A_FILE / 4);
        assertThat(most).isLessThan(PatternBudget.OF_A_PATTERN / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?:a|b){0,24}a(?:a|b){24}", ".{0,30}x.{30}", "(?:(?:(?:a?b?){50}c?){50}d?){19}"})
    void aPatternIsGivenUpWhenItsShareIsSpent(String pattern) {
        // When
        assertThatThrownBy(() -> PlainPattern.compile(pattern, false, 0, budget))
                .isInstanceOf(PatternException.class)
                .hasMessageFindingMatch("too costly|more than|too long|too large");

        // Then
        assertThat(budget.spent()).isLessThan(PatternBudget.OF_A_PATTERN + 100_000);
    }

    @Test
    void aFileIsGivenUpWhenItsShareIsSpentHoweverSmallItsPatternsAre() {
        // When
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        PlainPattern.compile("(?:a|b){0,9}a(?:a|b){9}" + i, false, 0, budget);
                    }
                })
                .isInstanceOf(PatternException.class)
                .hasMessageContaining("all patterns of the file together");

        // Then
        assertThat(budget.spent()).isLessThan(PatternBudget.OF_A_FILE + 100_000);
    }
}
