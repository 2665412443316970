package dev.tokentape.benchmarks.load;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** What all readers together have found since the last {@link #reset}. Thread-safe. */
final class Tally {

    private static final long LONGEST_MICROS = 600_000_000L;
    private static final int DIGITS = 3;

    final AtomicLong events = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong repeats = new AtomicLong();
    final AtomicLong holes = new AtomicLong();
    final AtomicLong gaps = new AtomicLong();
    final AtomicLong opened = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong lost = new AtomicLong();
    private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();
    private final ConcurrentHistogram delays = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);

    /** @param micros from published to read */
    void delay(long micros) {
        delays.recordValue(Math.clamp(micros, 0, LONGEST_MICROS));
    }

    /** A connection got no stream. @param why as far as it is known */
    void refused(String why) {
        refused.incrementAndGet();
        refusal.compareAndSet(null, why);
    }

    /** Forgets everything but who is connected. */
    void reset() {
        for (AtomicLong count : new AtomicLong[] {events, bytes, reads, repeats, holes, gaps}) {
            count.set(0);
        }
        delays.reset();
    }

    LoadReport report() {
        return new LoadReport(
                events.get(),
                bytes.get(),
                reads.get(),
                repeats.get(),
                holes.get(),
                gaps.get(),
                opened.get(),
                refused.get(),
                refusal.get(),
                lost.get(),
                delays.getValueAtPercentile(50),
                delays.getValueAtPercentile(90),
                delays.getValueAtPercentile(99),
                delays.getValueAtPercentile(99.9),
                delays.getMaxValue());
    }

    /** The wall clock of this machine, microseconds since 1970. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Clock.systemUTC().instant());
    }
}
