package dev.tokentape.gateway.tape.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers on their own threads, while the segment grows and is evicted under them. */
@Timeout(60)
class TapeConcurrencyTest {

    private static final int LENGTH = 3_000;
    private static final int READERS = 6;

    @Test
    void eachReaderReadsAllInOrderAndSleepsThroughNothing() throws Exception {
        // Given
        FakeLog log = new FakeLog();
        List<TokenEvent> answer = Events.answer(FakeGateway.CONVERSATION, "r", LENGTH);
        try (ExecutorService passes = Executors.newFixedThreadPool(2);
                ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            TapeConfig config = TapeConfig.DEFAULTS.withSegmentBytes(60_000).withCatchUpBytes(400_000);
            FakeGateway gateway = new FakeGateway(log, 0, config, HistorySource.NONE, passes);
            List<Future<List<Long>>> read = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Semaphore woken = new Semaphore(1);
                Reader reader = gateway.tape()
                        .read(
                                new ReadRequest(FakeGateway.CONVERSATION, "r", new ReadRequest.Start.Beginning()),
                                woken::release);
                boolean slow = i % 2 == 0;
                read.add(threads.submit(() -> readAll(reader, woken, slow)));
            }

            // When
            for (int i = 0; i < LENGTH; i++) {
                log.write(answer.get(i));
                if (i % 5 == 4 || i == LENGTH - 1) {
                    gateway.feedAll();
                }
            }

            // Then
            for (Future<List<Long>> sequences : read) {
                List<Long> got = sequences.get(50, TimeUnit.SECONDS);
                assertThat(got).hasSize(LENGTH).isSorted().doesNotHaveDuplicates();
            }
            assertThat(gateway.failedPasses()).isZero();
        }
    }

    private static List<Long> readAll(Reader reader, Semaphore woken, boolean slow) throws InterruptedException {
        List<Long> sequences = new ArrayList<>();
        while (!reader.ended()) {
            woken.acquire();
            Frame frame;
            while ((frame = reader.next()) != null) {
                sequences.add(Shown.json(frame).path("sequence").asLong(-1));
                if (slow && sequences.size() % 50 == 0) {
                    Thread.yield();
                }
            }
        }
        reader.close();
        return sequences;
    }
}
