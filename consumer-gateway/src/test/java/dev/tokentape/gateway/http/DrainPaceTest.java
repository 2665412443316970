package dev.tokentape.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainPaceTest {

    private static final Duration TIME = Duration.ofMillis(2_500);

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1_000, 5_000, 20_000, 1_000_000})
    void allAreToldInTurnAndWithinTheGraceTime(int connections) {
        // Given
        DrainPace pace = new DrainPace(connections, TIME);

        // When
        long first = pace.delayNanos(0);
        long middle = pace.delayNanos(connections / 2);
        long last = pace.delayNanos(connections - 1);

        // Then
        assertThat(first).isZero();
        assertThat(middle).isBetween(first, last);
        assertThat(last).isLessThanOrEqualTo(TIME.toNanos());
    }

    @Test
    void withoutADrainTimeAllLeaveAtOnce() {
        // Given, when, then
        assertThat(new DrainPace(5_000, Duration.ZERO).delayNanos(4_999)).isZero();
    }

    @Test
    void fewLeaveAtOnceAndManyAreSpread() {
        // Given, when, then
        assertThat(new DrainPace(20, TIME).delayNanos(19))
                .isLessThan(Duration.ofMillis(20).toNanos());
        assertThat(new DrainPace(5_000, TIME).delayNanos(4_999))
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
    }
}
