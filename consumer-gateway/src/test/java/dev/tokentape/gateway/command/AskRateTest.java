package dev.tokentape.gateway.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.problem.ProblemException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AskRateTest {

    private final AtomicLong now = new AtomicLong(-5_000_000_000L);
    private final AskRate rate = new AskRate(6, now::get);

    private int taken(int asks) {
        int taken = 0;
        for (int i = 0; i < asks; i++) {
            try {
                rate.take("ann");
                taken++;
            } catch (ProblemException e) {
                assertThat(e.problem().status()).isEqualTo(429);
            }
        }
        return taken;
    }

    @Test
    void aMinutesShareIsThereAtOnceAndGrowsBackEvenly() {
        // Given a client that has used its share
        assertThat(taken(20)).isEqualTo(6);

        // When time passes
        now.addAndGet(TimeUnit.SECONDS.toNanos(9));
        int before = taken(5);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        int afterTen = taken(5);
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        int afterLong = taken(20);

        // Then one comes back every ten seconds, and never more than a minute's share
        assertThat(before).isZero();
        assertThat(afterTen).isEqualTo(1);
        assertThat(afterLong).isEqualTo(6);
    }

    @Test
    void clientsAreForgottenBeforeTheyAreTooMany() {
        // Given a client that has used its share
        taken(6);

        // When more come than are told apart
        for (int i = 0; i < AskRate.MOST_CLIENTS; i++) {
            rate.take("client " + i);
        }

        // Then the first was forgotten, and has its share again
        assertThat(taken(1)).isEqualTo(1);
    }
}
