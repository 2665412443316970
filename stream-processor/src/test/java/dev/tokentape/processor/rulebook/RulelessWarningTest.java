package dev.tokentape.processor.rulebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RulelessWarningTest {

    private static final Duration AFTER = Duration.ofNanos(10);

    @Test
    void whereNoRulesComeItIsSaidOnceAndNotAtOnce() {
        // Given
        RulelessWarning warning = new RulelessWarning(100, AFTER, false);

        // When
        long[] said =
                LongStream.range(100, 130).filter(now -> warning.due(now, true)).toArray();

        // Then
        assertThat(said).containsExactly(110);
    }

    @Test
    void rulesThatCameInTimeAreNoReasonToWarn() {
        // Given
        RulelessWarning warning = new RulelessWarning(100, AFTER, false);

        // When
        boolean early = warning.due(105, true);
        boolean late = warning.due(115, false);

        // Then
        assertThat(early).isFalse();
        assertThat(late).isFalse();
    }

    @Test
    void rulesThatAreAboutToBePublishedMayTakeAsLongAsTheyTake() {
        // Given
        RulelessWarning warning = new RulelessWarning(100, AFTER, true);

        // When
        boolean said = LongStream.range(100, 100_000).anyMatch(now -> warning.due(now, true));

        // Then
        assertThat(said).isFalse();
    }
}
