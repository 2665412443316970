package dev.tokentape.gateway.tape.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollPaceTest {

    private final PollPace pace = new PollPace();
    private long now = TimeUnit.HOURS.toNanos(1);

    /** Polls that each bring so many records, so many milliseconds apart; whether records gather after the last. */
    private boolean poll(int polls, int records, int millisApart) {
        boolean gathers = false;
        for (int i = 0; i < polls; i++) {
            now += TimeUnit.MILLISECONDS.toNanos(millisApart);
            gathers = pace.gathers(records, now);
        }
        return gathers;
    }

    @Test
    void oneAnswerIsFetchedTokenByToken() {
        // Given, When: 500 tokens a second
        boolean gathers = poll(1_000, 1, 2);

        // Then
        assertThat(gathers).isFalse();
    }

    @Test
    void recordsThatComeFastAndFewAtATimeAreLetGather() {
        // When: 2,000 a second
        boolean gathers = poll(200, 2, 1);

        // Then
        assertThat(gathers).isTrue();
    }

    @Test
    void whatIsReadBackAtTheStartGathers() {
        // When
        boolean gathers = poll(100, 2_000, 1);

        // Then
        assertThat(gathers).isTrue();
    }

    @Test
    void aShortCalmChangesNothing() {
        // Given
        poll(200, 2, 1);

        // When: fewer for a while that is not long enough
        boolean gathers = poll(PollPace.CALM_WINDOWS - 2, 1, 50);

        // Then
        assertThat(gathers).isTrue();
    }

    @Test
    void afterALongerCalmEveryRecordIsFetchedAtOnceAgain() {
        // Given
        poll(200, 2, 1);

        // When
        boolean gathers = poll(PollPace.CALM_WINDOWS + 2, 1, 60);

        // Then
        assertThat(gathers).isFalse();
    }

    @Test
    void firstRecordAfterAQuietWhileIsNotMadeToWait() {
        // Given
        poll(200, 2, 1);

        // When
        boolean gathers = poll(1, 1, 10_000);

        // Then
        assertThat(gathers).isFalse();
    }
}
