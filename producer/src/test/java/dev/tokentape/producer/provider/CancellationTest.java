package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.Cancellation.Waited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever comes first: what is open is closed once, for one reason. */
@Timeout(60)
class CancellationTest {

    private static final int RACES = 2_000;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger closes = new AtomicInteger();

    @Test
    void aCancelClosesWhatIsOpen() {
        // Given
        var _ = cancellation.closing(closes::incrementAndGet);

        // When
        cancellation.cancel("client_request");

        // Then
        assertThat(closes).hasValue(1);
        assertThat(cancellation.reason()).isEqualTo("client_request");
    }

    @Test
    void whatIsOpenedAfterTheCancelIsClosedAtOnce() {
        // Given
        cancellation.cancel("client_request");

        // When
        var _ = cancellation.closing(closes::incrementAndGet);

        // Then
        assertThat(closes).hasValue(1);
    }

    @Test
    void whatHasEndedIsNotClosed() {
        // Given
        cancellation.closing(closes::incrementAndGet).close();

        // When
        cancellation.cancel("client_request");

        // Then
        assertThat(closes).hasValue(0);
        assertThat(cancellation.reason()).isEqualTo("client_request");
    }

    @Test
    void theFirstReasonCountsAndTheSecondCancelClosesNothing() {
        // Given
        var _ = cancellation.closing(closes::incrementAndGet);
        cancellation.cancel("client_request");

        // When
        cancellation.cancel("producer_shutdown");

        // Then
        assertThat(cancellation.reason()).isEqualTo("client_request");
        assertThat(closes).hasValue(1);
    }

    @Test
    void theNextCallOfARunIsClosedThoughTheOneBeforeHasEnded() {
        // Given
        AtomicInteger before = new AtomicInteger();
        cancellation.closing(before::incrementAndGet).close();
        var _ = cancellation.closing(closes::incrementAndGet);

        // When
        cancellation.cancel("client_request");

        // Then
        assertThat(before).hasValue(0);
        assertThat(closes).hasValue(1);
    }

    @Test
    void aCancelThatRacesWithTheOpeningClosesOnce() throws Exception {
        for (int race = 0; race < RACES; race++) {
            // Given
            Cancellation raced = new Cancellation();
            AtomicInteger closed = new AtomicInteger();

            // When
            together(
                    () -> raced.closing(closed::incrementAndGet),
                    () -> raced.cancel("one"),
                    () -> raced.cancel("another"));

            // Then
            assertThat(closed).hasValue(1);
            assertThat(raced.reason()).isIn("one", "another");
        }
    }

    @Test
    void aCancelThatRacesWithTheEndClosesOnceAtMost() throws Exception {
        for (int race = 0; race < RACES; race++) {
            // Given
            Cancellation raced = new Cancellation();
            AtomicInteger closed = new AtomicInteger();
            Cancellation.Open open = raced.closing(closed::incrementAndGet);

            // When
            together(open::close, () -> raced.cancel("one"), () -> raced.cancel("another"));

            // Then
            assertThat(closed).hasValueBetween(0, 1);
            assertThat(raced.reason()).isIn("one", "another");
        }
    }

    @Test
    void aCancelWakesAllWhoWait() throws Exception {
        // Given
        List<Waited> ends = Collections.synchronizedList(new ArrayList<>());
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(Thread.ofVirtual().start(() -> {
                try {
                    ends.add(cancellation.await(new CompletableFuture<>(), LONG));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }

        // When
        cancellation.cancel("client_request");

        // Then
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(ends).containsExactly(Waited.CANCELLED, Waited.CANCELLED, Waited.CANCELLED);
        assertThat(cancellation.pause(LONG)).isFalse();
    }

    @Test
    void whatIsGrantedAndWhatComesTooLateAreTold() throws Exception {
        // Given
        CompletableFuture<String> granted = CompletableFuture.completedFuture("a place");

        // When
        Waited first = cancellation.await(granted, LONG);
        Waited second = cancellation.await(new CompletableFuture<>(), Duration.ZERO);

        // Then
        assertThat(first).isEqualTo(Waited.GRANTED);
        assertThat(second).isEqualTo(Waited.LATE);
        assertThat(cancellation.pause(Duration.ZERO)).isTrue();
    }

    /** Runs them at the same moment, as far as threads can. */
    private static void together(Runnable... moves) throws Exception {
        CyclicBarrier start = new CyclicBarrier(moves.length);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (Runnable move : moves) {
                ends.add(threads.submit(() -> {
                    start.await();
                    move.run();
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(30, TimeUnit.SECONDS);
            }
        }
    }
}
