package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionTimeoutTest {

    @ParameterizedTest
    @CsvSource({
        "2000, 500, 30000, 2000",
        "2000, 6000, 30000, 6000",
        "60000, 6000, 30000, 30000",
        "6000, 6000, 6000, 6000"
    })
    void theWantedTimeHoldsWithinWhatTheBrokerAllows(long wanted, long shortest, long longest, long allowed) {
        assertThat(SessionTimeout.within(
                        Duration.ofMillis(wanted), Duration.ofMillis(shortest), Duration.ofMillis(longest)))
                .isEqualTo(Duration.ofMillis(allowed));
    }
}
