package dev.tokentape.processor.judge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private final CircuitBreaker breaker = new CircuitBreaker(2, 100);

    @Test
    void failuresInARowOpenIt() {
        // Given
        breaker.failed(0);
        breaker.succeeded();
        breaker.failed(1);
        assertThat(breaker.admits(1)).isTrue();

        // When
        boolean opened = breaker.failed(2);

        // Then
        assertThat(opened).isTrue();
        assertThat(breaker.admits(101)).isFalse();
    }

    @Test
    void afterThePauseOneCallTriesForAll() {
        // Given
        breaker.failed(0);
        breaker.failed(0);

        // When
        boolean first = breaker.admits(100);
        boolean second = breaker.admits(100);

        // Then
        assertThat(first).isTrue();
        assertThat(second).isFalse();

        // When it goes well
        breaker.succeeded();

        // Then
        assertThat(breaker.admits(100)).isTrue();
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void aTryThatFailsBeginsAnotherPause() {
        // Given
        breaker.failed(0);
        breaker.failed(0);
        assertThat(breaker.admits(100)).isTrue();

        // When
        breaker.failed(110);

        // Then
        assertThat(breaker.admits(209)).isFalse();
        assertThat(breaker.admits(210)).isTrue();
    }
}
