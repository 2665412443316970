package dev.tokentape.producer.provider.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long START = -5 * SECOND;

    @Test
    void beforeTheFirstBytesTheFirstTimeoutRuns() {
        // Given
        Patience patience = patience(true);

        // When
        long left = patience.left(START + 4 * SECOND);

        // Then
        assertThat(left).isEqualTo(16 * SECOND);
    }

    @Test
    void pingsAreSignsOfLifeWhereTheyCount() {
        // Given
        Patience patience = patience(true);

        // When
        patience.bytes(START + 19 * SECOND);

        // Then
        assertThat(patience.left(START + 19 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void pingsAreNoneWhereTheyDoNot() {
        // Given
        Patience patience = patience(false);
        patience.bytes(START + 19 * SECOND);
        assertThat(patience.left(START + 19 * SECOND)).isEqualTo(SECOND);

        // When
        patience.output(START + 19 * SECOND);
        patience.bytes(START + 27 * SECOND);

        // Then
        assertThat(patience.left(START + 27 * SECOND)).isEqualTo(2 * SECOND);
    }

    @Test
    void timeThatTheJournalTookIsNotTheProvidersSilence() {
        // Given
        Patience patience = patience(true);
        patience.bytes(START);

        // When
        long left = patience.left(START + 30 * SECOND);

        // Then
        assertThat(left).isEqualTo(10 * SECOND);
    }

    @Test
    void theWholeAnswerHasABoundThatNothingExtends() {
        // Given
        Patience patience = patience(true);
        patience.bytes(START + 59 * SECOND);

        // When
        long left = patience.left(START + 59 * SECOND);

        // Then
        assertThat(left).isEqualTo(SECOND);
        assertThat(patience.left(START + 60 * SECOND)).isZero();
    }

    private static Patience patience(boolean pingsCount) {
        return new Patience(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(60), pingsCount, START);
    }
}
