package dev.tokentape.gateway.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PollPaceTest {

    private static final long MILLISECOND = 1_000_000;

    private final PollPace pace = new PollPace();
    private long now = 1_000_000_000_000L;

    /** Polls that bring so many records each, so far apart; the rest after the last. */
    private long poll(int times, int records, long apart) {
        long rest = 0;
        for (int i = 0; i < times; i++) {
            now += apart;
            rest = pace.restAfter(records, now);
        }
        return rest;
    }

    @Test
    void oneAnswerIsFetchedTokenByToken() {
        // Given 500 tokens a second, when they come one by one, then each is fetched at once
        assertThat(poll(500, 1, 2 * MILLISECOND)).isZero();
    }

    @Test
    void recordsThatComeFastAndFewAtATimeAreLetGather() {
        // Given 5,000 records a second, when they come one by one, then there is a rest after each poll
        assertThat(poll(500, 1, MILLISECOND / 5)).isEqualTo(PollPace.REST_NANOS);
    }

    @Test
    void restingGoesOnWhileItGathers() {
        // Given
        poll(500, 1, MILLISECOND / 5);

        // When polls bring as many records as before, but together
        long rest = poll(100, 11, PollPace.REST_NANOS + MILLISECOND / 5);

        // Then
        assertThat(rest).isEqualTo(PollPace.REST_NANOS);
    }

    @Test
    void largePollsFollowEachOtherAtOnce() {
        // Given
        poll(500, 1, MILLISECOND / 5);

        // When, then
        assertThat(poll(3, PollPace.FULL_POLL, MILLISECOND)).isZero();
    }

    @Test
    void firstRecordAfterAQuietWhileIsNotMadeToWait() {
        // Given
        poll(500, 1, MILLISECOND / 5);

        // When nothing came for a second, then the next
        assertThat(poll(1, 1, 1_000 * MILLISECOND)).isZero();
    }
}
