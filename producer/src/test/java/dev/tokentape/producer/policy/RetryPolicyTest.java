package dev.tokentape.producer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.policy.RetryPolicy.Decision;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

    private static final RetryPolicy POLICY =
            new RetryPolicy(6, Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30));

    @ParameterizedTest
    @CsvSource({"1,1.0,500", "2,1.0,1000", "3,1.0,2000", "4,1.0,3000", "5,1.0,3000", "3,0.25,500", "3,0.0,0"})
    void theWaitDoublesUpToABoundAndIsDrawnFromTheWholeOfIt(int tries, double lot, long millis) {
        // When
        Decision decision = POLICY.after(tries, Duration.ZERO, true, null, lot);

        // Then
        assertThat(decision).isEqualTo(new Decision.Again(Duration.ofMillis(millis)));
    }

    @Test
    void aFailureThatDoesNotPassIsNotTriedAgain() {
        // When
        Decision decision = POLICY.after(1, Duration.ZERO, false, Duration.ofSeconds(1), 0.5);

        // Then
        assertThat(decision).isEqualTo(new Decision.GiveUp(""));
    }

    @Test
    void theLastTrySaysHowManyThereWere() {
        // When
        Decision decision = POLICY.after(6, Duration.ZERO, true, null, 0.5);

        // Then
        assertThat(decision).isEqualTo(new Decision.GiveUp("Tried 6 times."));
    }

    @ParameterizedTest
    @CsvSource({"0.0,10000", "1.0,10500"})
    void aProvidersWishIsNeverUndercutAndMayBeLongerThanOurOwnBound(double lot, long millis) {
        // When
        Decision decision = POLICY.after(1, Duration.ZERO, true, Duration.ofSeconds(10), lot);

        // Then
        assertThat(decision).isEqualTo(new Decision.Again(Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @CsvSource({"0,31", "25,6"})
    void aWishBeyondTheTimeLeftFailsAtOnce(long elapsed, long asked) {
        // When
        Decision decision = after(1, Duration.ofSeconds(elapsed), Duration.ofSeconds(asked));

        // Then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.GiveUp.class,
                        giveUp -> assertThat(giveUp.because())
                                .contains(asked + " s")
                                .contains("30 s"));
    }

    @Test
    void noTryBeginsAfterTheTimeForAll() {
        // When
        Decision decision = after(2, Duration.ofMillis(29_500), null);

        // Then
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.GiveUp.class,
                        giveUp -> assertThat(giveUp.because()).contains("2 times in 29 s"));
    }

    @Test
    void aPolicyOfOneTryNeverTriesAgain() {
        // Given
        RetryPolicy once = new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(1));

        // When
        Decision decision = once.after(1, Duration.ZERO, true, null, 0.5);

        // Then
        assertThat(decision).isEqualTo(new Decision.GiveUp(""));
    }

    private static Decision after(int tries, Duration elapsed, @Nullable Duration asked) {
        return POLICY.after(tries, elapsed, true, asked, 1.0);
    }
}
