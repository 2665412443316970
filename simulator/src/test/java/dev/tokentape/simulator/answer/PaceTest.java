package dev.tokentape.simulator.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MILLISECOND = 1_000_000;

    @Test
    void tokensAreDueAtAnEvenPaceFromTheFirstOn() {
        // Given
        var pace = new Pace(CallSettings.DEFAULT.withTokensPerSecond(20).withJitter(0), 1);
        pace.startAt(-5);

        // When
        pace.advance();
        pace.advance();

        // Then
        assertThat(pace.due()).isEqualTo(100 * MILLISECOND - 5);
    }

    @Test
    void jitterStaysWithinItsFractionAndDoesNotDriftFar() {
        // Given
        var pace = new Pace(CallSettings.DEFAULT.withTokensPerSecond(100).withJitter(0.5), 7);
        pace.startAt(0);
        long before = 0;

        for (int token = 0; token < 10_000; token++) {
            // When
            pace.advance();

            // Then
            assertThat(pace.due() - before).isBetween(5 * MILLISECOND, 15 * MILLISECOND);
            before = pace.due();
        }
        assertThat(before).isBetween(98_000 * MILLISECOND, 102_000 * MILLISECOND);
    }

    @Test
    void aBufferHoldsTokensBackUntilTheNextBurst() {
        // Given
        var pace = new Pace(
                CallSettings.DEFAULT.withTokensPerSecond(100).withJitter(0).withFaults(List.of(new Fault.Buffer(25))),
                1);
        pace.startAt(0);

        // When
        long first = pace.due();
        pace.advance();
        pace.advance();
        long third = pace.due();
        pace.advance();
        long fourth = pace.due();

        // Then
        assertThat(first).isEqualTo(25 * MILLISECOND);
        assertThat(third).isEqualTo(25 * MILLISECOND);
        assertThat(fourth).isEqualTo(50 * MILLISECOND);
    }

    @Test
    void whatASlowReaderMissedIsNotMadeUpFor() {
        // Given
        var pace = new Pace(CallSettings.DEFAULT.withTokensPerSecond(10).withJitter(0), 1);
        pace.startAt(0);

        // When
        pace.resumeAt(5000 * MILLISECOND);
        pace.advance();

        // Then
        assertThat(pace.due()).isEqualTo(5100 * MILLISECOND);
    }
}
