package dev.tokentape.gateway.tape.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WakeUpsTest {

    private final List<Runnable> handedOver = new ArrayList<>();
    private final List<String> woken = new ArrayList<>();
    private final WakeUps wakeUps = new WakeUps();
    private boolean closing;

    private final Executor loop = task -> {
        if (closing) {
            throw new RejectedExecutionException("closing");
        }
        handedOver.add(task);
    };

    private Waiters logWithReaders(String... names) {
        Waiters waiters = new Waiters();
        for (String name : names) {
            Waiter waiter = new Waiter(loop, () -> woken.add(name));
            waiter.arm();
            waiters.add(waiter);
        }
        return waiters;
    }

    @Test
    void readersOfManyLogsAreWokenByOneTaskOfTheirLoop() {
        // Given
        Waiters one = logWithReaders("a", "b");
        Waiters other = logWithReaders("c");

        // When
        one.wake(wakeUps);
        other.wake(wakeUps);
        one.wake(wakeUps);
        wakeUps.send();

        // Then
        assertThat(handedOver).hasSize(1);
        handedOver.forEach(Runnable::run);
        assertThat(woken).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void afterALoopRefusedReadersAreWokenTheNextTime() {
        // Given
        Waiters waiters = logWithReaders("a");
        closing = true;
        waiters.wake(wakeUps);
        wakeUps.send();

        // When
        closing = false;
        waiters.wake(wakeUps);
        wakeUps.send();

        // Then
        handedOver.forEach(Runnable::run);
        assertThat(woken).containsExactly("a");
    }

    @Test
    void logsThatNobodyReadsWakeNoLoop() {
        // When
        logWithReaders().wake(wakeUps);
        wakeUps.send();

        // Then
        assertThat(handedOver).isEmpty();
    }
}
