package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.policy.CircuitPolicy;
import dev.tokentape.producer.upstream.CircuitBreaker.Report;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final long SECOND = 1_000_000_000L;

    private final CircuitBreaker circuit =
            new CircuitBreaker(new CircuitPolicy(50, 4, Duration.ofSeconds(10), Duration.ofSeconds(5)));
    /** A monotonic clock may begin anywhere, also below 0. */
    private long now = -7 * SECOND;

    @Test
    void itOpensWhenTooManyCallsOfTheWindowFail() {
        // Given
        calls(Report.WORKED, Report.WORKED, Report.FAILED);

        // When
        calls(Report.FAILED);

        // Then
        assertThat(circuit.pass(now)).isEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void fewCallsSayNothing() {
        // When
        calls(Report.FAILED, Report.FAILED, Report.FAILED);

        // Then
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void failuresOutsideTheWindowAreForgotten() {
        // Given
        calls(Report.FAILED, Report.FAILED, Report.FAILED);
        now += 11 * SECOND;

        // When
        calls(Report.FAILED);

        // Then
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void whatSaysNothingAboutTheProviderIsNotCounted() {
        // When
        calls(Report.FAILED, Report.SAYS_NOTHING, Report.SAYS_NOTHING, Report.FAILED);

        // Then
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void afterAWhileOneCallMayTryAndClosesItBySucceeding() {
        // Given
        open();
        now += 5 * SECOND;

        // When
        long probe = circuit.pass(now);
        boolean othersWait = circuit.pass(now) == CircuitBreaker.REFUSED;
        circuit.report(probe, Report.WORKED, now);

        // Then
        assertThat(othersWait).isTrue();
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void aTryThatFailsOpensItAgainForAsLong() {
        // Given
        open();
        now += 5 * SECOND;

        // When
        circuit.report(circuit.pass(now), Report.FAILED, now);

        // Then
        now += 5 * SECOND - 1;
        assertThat(circuit.pass(now)).isEqualTo(CircuitBreaker.REFUSED);
        now += 1;
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void aTryThatWasCancelledLetsTheNextOneTry() {
        // Given
        open();
        now += 5 * SECOND;

        // When
        circuit.report(circuit.pass(now), Report.SAYS_NOTHING, now);

        // Then
        assertThat(circuit.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void callsFromBeforeItOpenedDoNotDecideAboutTheTry() {
        // Given
        long old = circuit.pass(now);
        open();
        now += 5 * SECOND;
        circuit.pass(now);

        // When
        circuit.report(old, Report.WORKED, now);

        // Then
        assertThat(circuit.pass(now)).isEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void atZeroPercentItNeverOpens() {
        // Given
        CircuitBreaker never =
                new CircuitBreaker(new CircuitPolicy(0, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)));

        // When
        for (int i = 0; i < 100; i++) {
            never.report(never.pass(now), Report.FAILED, now);
        }

        // Then
        assertThat(never.pass(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void circuitsAreBoundedAndTheOneUnusedForLongestIsForgotten() {
        // Given
        Circuits circuits = new Circuits();
        CircuitPolicy policy = CircuitPolicy.DEFAULT;
        CircuitBreaker first = circuits.of("p", "0", policy);
        CircuitBreaker second = circuits.of("p", "1", policy);

        // When
        for (int i = 2; i <= Circuits.MOST; i++) {
            circuits.of("p", "0", policy);
            circuits.of("p", String.valueOf(i), policy);
        }

        // Then
        assertThat(circuits.size()).isEqualTo(Circuits.MOST);
        assertThat(circuits.of("p", "0", policy)).isSameAs(first);
        assertThat(circuits.of("p", "1", policy)).isNotSameAs(second);
    }

    private void open() {
        calls(Report.FAILED, Report.FAILED, Report.FAILED, Report.FAILED);
        assertThat(circuit.pass(now)).isEqualTo(CircuitBreaker.REFUSED);
    }

    private void calls(Report... reports) {
        for (Report report : reports) {
            circuit.report(circuit.pass(now), report, now);
        }
    }
}
