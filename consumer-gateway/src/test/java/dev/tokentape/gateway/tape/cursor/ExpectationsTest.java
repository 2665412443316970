package dev.tokentape.gateway.tape.cursor;

import static dev.tokentape.gateway.tape.cursor.Expectations.Judgement.EARLY;
import static dev.tokentape.gateway.tape.cursor.Expectations.Judgement.NEXT;
import static dev.tokentape.gateway.tape.cursor.Expectations.Judgement.REPEAT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpectationsTest {

    @Test
    void onlyTheNextEventOfAResponseCounts() {
        // Given
        Expectations expectations = Expectations.complete();

        // When, Then
        assertThat(expectations.judge(1, 0, false, 10)).isEqualTo(NEXT);
        assertThat(expectations.judge(1, 0, false, 11)).isEqualTo(REPEAT);
        assertThat(expectations.judge(1, 2, false, 12)).isEqualTo(EARLY);
        assertThat(expectations.judge(1, 1, false, 13)).isEqualTo(NEXT);
        assertThat(expectations.judge(1, 2, true, 14)).isEqualTo(NEXT);
        assertThat(expectations.judge(1, 3, false, 15)).isEqualTo(REPEAT);
    }

    @Test
    void whoKnowsAllWaitsForTheFirstEventOfANewResponse() {
        assertThat(Expectations.complete().judge(1, 4, false, 10)).isEqualTo(EARLY);
    }

    @Test
    void whoJoinsInTheMiddleTakesUpWhatIsOpenButNotForEver() {
        // Given
        Expectations expectations = Expectations.joinedAt(1_000);

        // When, Then
        assertThat(expectations.judge(1, 7, false, 1_001)).isEqualTo(NEXT);
        assertThat(expectations.judge(1, 6, false, 1_002)).isEqualTo(REPEAT);
        assertThat(expectations.judge(2, 3, false, 1_000 + Expectations.SILENCE_SECONDS))
                .isEqualTo(EARLY);
    }

    @Test
    void endedResponseIsRememberedWhileTheLogStandsStill() {
        // Given
        Expectations expectations = Expectations.complete();
        expectations.judge(1, 0, true, 1_000);

        // When, Then: an hour of outage, then the processor repeats
        assertThat(expectations.judge(1, 0, true, 4_600)).isEqualTo(REPEAT);
        assertThat(expectations.judge(2, 0, false, 4_600)).isEqualTo(NEXT);
        assertThat(expectations.size()).isEqualTo(1);
    }

    @Test
    void theOneSilentForLongestMakesRoomEndedBeforeOpen() {
        // Given
        Expectations expectations = Expectations.complete();
        expectations.judge(1, 0, false, 1);
        expectations.judge(2, 0, true, 2);
        for (int i = 3; i <= Expectations.MOST_RESPONSES; i++) {
            expectations.judge(i, 0, false, 3);
        }

        // When
        expectations.judge(99, 0, false, 4);

        // Then
        assertThat(expectations.lastOf(2)).isEqualTo(-1);
        assertThat(expectations.lastOf(1)).isZero();
        assertThat(expectations.lastOf(99)).isZero();
    }
}
