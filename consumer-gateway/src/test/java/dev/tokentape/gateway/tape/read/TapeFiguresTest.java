package dev.tokentape.gateway.tape.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What appending, reading and waking cost without Kafka; printed, since it depends on the machine. */
class TapeFiguresTest {

    private static final int READERS = 5_000;
    private static final int EVENTS = 20_000;

    @Test
    void printsWhatAnEventCosts() {
        // Given
        FakeLog log = new FakeLog();
        List<TapeRecord> records = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            records.add(new TapeRecord(
                    i,
                    Events.START_MICROS / 1_000 + i,
                    Events.START_MICROS + i,
                    Events.event(FakeGateway.CONVERSATION, "r", i, EVENTS)));
        }
        FakeGateway warm = FakeGateway.over(log, 0);
        records.forEach(record -> warm.store().append(0, record, 0));
        FakeGateway gateway = FakeGateway.over(log, 0);
        AtomicInteger woken = new AtomicInteger();
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(gateway.tape()
                    .read(
                            new ReadRequest(FakeGateway.CONVERSATION, null, new ReadRequest.Start.Now()),
                            woken::incrementAndGet));
        }
        readers.forEach(Reader::next);

        // When
        long begun = System.nanoTime();
        records.forEach(record -> gateway.store().append(0, record, 0));
        long appended = System.nanoTime();
        gateway.store().published(0, EVENTS);
        gateway.store().flush(Events.START_MICROS / 1_000);
        long flushed = System.nanoTime();
        long delivered = 0;
        for (Reader reader : readers.subList(0, 500)) {
            while (reader.next() != null) {
                delivered++;
            }
        }
        long read = System.nanoTime();

        // Then
        assertThat(delivered).isEqualTo(500L * EVENTS);
        assertThat(woken).hasValue(READERS);
        System.out.printf(
                "tape figures, no Kafka: append %,d ns an event; wake %,d ns a reader; read %,d ns an event and reader%n",
                (appended - begun) / EVENTS, (flushed - appended) / READERS, (read - flushed) / delivered);
    }
}
