package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final TokenBucket bucket = new TokenBucket(60, 0);

    @Test
    void aMinutesWorthIsThereAtOnceAndTheNextIsWaitedFor() {
        // Given
        for (int i = 0; i < 60; i++) {
            assertThat(bucket.take(1, 0, MINUTE)).hasValue(0);
        }

        // When
        OptionalLong next = bucket.take(1, 0, MINUTE);
        OptionalLong afterThat = bucket.take(1, 0, MINUTE);

        // Then
        assertThat(next).hasValue(SECOND);
        assertThat(afterThat).hasValue(2 * SECOND);
    }

    @Test
    void whatWouldWaitTooLongTakesNothing() {
        // Given
        bucket.take(60, 0, MINUTE);

        // When
        OptionalLong tooLong = bucket.take(10, 0, 5 * SECOND);

        // Then
        assertThat(tooLong).isEmpty();
        assertThat(bucket.take(5, 0, 5 * SECOND)).hasValue(5 * SECOND);
    }

    @Test
    void moreThanAMinutesWorthIsTakenAsAMinutesWorth() {
        // When
        OptionalLong huge = bucket.take(1_000_000, 0, 0);

        // Then
        assertThat(huge).hasValue(0);
        assertThat(bucket.take(1, 0, MINUTE)).hasValue(SECOND);
    }

    @Test
    void itFillsEvenlyAndNotBeyondAMinutesWorth() {
        // Given
        bucket.take(60, 0, 0);

        // When
        OptionalLong halfAMinuteLater = bucket.take(30, 30 * SECOND, 0);
        OptionalLong anHourLater = bucket.take(61, 3_600 * SECOND, 0);

        // Then
        assertThat(halfAMinuteLater).hasValue(0);
        assertThat(anHourLater).hasValue(0);
        assertThat(bucket.take(1, 3_600 * SECOND, MINUTE)).hasValue(SECOND);
    }

    @Test
    void whatWasNotUsedIsThereForTheNextAndWhatWasUsedBeyondIsOwed() {
        // Given
        bucket.take(60, 0, 0);

        // When
        bucket.giveBack(20, 0);

        // Then
        assertThat(bucket.take(20, 0, 0)).hasValue(0);
        bucket.giveBack(-10, 0);
        assertThat(bucket.take(1, 0, MINUTE)).hasValue(11 * SECOND);
    }

    @Test
    void overAnyTimeNoMoreIsUsedThanTheBudgetAndOneMinutesWorth() {
        long seed = 20_260_301;
        SplittableRandom random = new SplittableRandom(seed);
        long now = 0;
        long used = 0;
        long lastUse = 0;

        // When
        for (int i = 0; i < 10_000; i++) {
            now += random.nextLong(2 * SECOND);
            long amount = random.nextLong(1, 5);
            OptionalLong wait = bucket.take(amount, now, 3 * SECOND);
            if (wait.isPresent()) {
                used += amount;
                lastUse = Math.max(lastUse, now + wait.getAsLong());
            }
        }

        // Then
        assertThat(used).as("seed %d", seed).isLessThanOrEqualTo(60 + lastUse / SECOND + 1);
        assertThat(used).as("seed %d", seed).isGreaterThan(now / SECOND / 2);
    }
}
