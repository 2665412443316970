package dev.tokentape.producer.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CancelledResponsesTest {

    private final AtomicLong nanos = new AtomicLong();
    private final CancelledResponses cancelled = new CancelledResponses(Duration.ofSeconds(60), nanos::get);

    @Test
    void aCancelIsRememberedForTheGivenTimeAndNoLonger() {
        // Given
        cancelled.remember("r-1");

        // When
        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        boolean atTheEnd = cancelled.contains("r-1");
        nanos.addAndGet(1);
        boolean after = cancelled.contains("r-1");

        // Then
        assertThat(atTheEnd).isTrue();
        assertThat(after).isFalse();
        assertThat(cancelled.size()).isZero();
        assertThat(cancelled.contains("r-2")).isFalse();
    }

    @Test
    void aRepeatedCancelIsRememberedFromItsLastTime() {
        // Given
        cancelled.remember("r-1");
        nanos.addAndGet(Duration.ofSeconds(50).toNanos());
        cancelled.remember("r-2");
        cancelled.remember("r-1");

        // When
        nanos.addAndGet(Duration.ofSeconds(50).toNanos());

        // Then
        assertThat(cancelled.contains("r-1")).isTrue();
    }

    @Test
    void beyondTheBoundTheOldestIsForgotten() {
        // Given
        cancelled.remember("first");

        // When
        for (int i = 0; i < CancelledResponses.MAX_REMEMBERED; i++) {
            cancelled.remember("r-" + i);
        }

        // Then
        assertThat(cancelled.size()).isEqualTo(CancelledResponses.MAX_REMEMBERED);
        assertThat(cancelled.contains("first")).isFalse();
        assertThat(cancelled.contains("r-0")).isTrue();
    }
}
