package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlacesTest {

    @Test
    void placesAreGivenInTheOrderOfAsking() {
        // Given
        Places places = new Places(2);
        Places.Claim one = places.claim(1);
        Places.Claim two = places.claim(2);
        Places.Claim three = places.claim(1);

        // When
        one.release();

        // Then
        assertThat(two.granted()).isCompleted();
        assertThat(three.granted()).isNotDone();
        two.release();
        assertThat(three.granted()).isCompleted();
    }

    @Test
    void aWishTakenBackMakesWayForTheNext() {
        // Given
        Places places = new Places(1);
        places.claim(1);
        Places.Claim large = places.claim(1);
        Places.Claim small = places.claim(0);

        // When
        large.release();

        // Then
        assertThat(small.granted()).isCompleted();
        assertThat(large.granted()).isNotDone();
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        // Given
        Places places = new Places(1);
        Places.Claim one = places.claim(1);
        Places.Claim two = places.claim(1);
        Places.Claim three = places.claim(1);

        // When
        one.release();
        one.release();

        // Then
        assertThat(two.granted()).isCompleted();
        assertThat(three.granted()).isNotDone();
    }

    @Test
    void neverMoreHoldAPlaceThanThereAre() throws Exception {
        // Given
        Places places = new Places(3);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();

        // When
        for (int i = 0; i < 50; i++) {
            boolean impatient = i % 5 == 0;
            threads.add(Thread.ofVirtual().start(() -> {
                for (int round = 0; round < 200; round++) {
                    Places.Claim claim = places.claim(1);
                    if (!impatient || claim.granted().isDone()) {
                        claim.granted().join();
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.yield();
                        inside.decrementAndGet();
                    }
                    claim.release();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        // Then
        assertThat(most.get()).isBetween(1, 3);
        assertThat(places.claim(3).granted()).isCompleted();
    }
}
