package dev.tokentape.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * What the readers found.
 *
 * @param events delivered to readers
 * @param bytes read from sockets
 * @param reads of sockets; events / reads tells how well bursts came together
 * @param repeats events that a reader had before: none is the promise
 * @param holes events that came before the one they follow: none is the promise
 * @param gaps times that a reader was told of a gap
 * @param opened streams that have begun, and are still open
 * @param refused connections that got no stream
 * @param refusal why the first of them got none; null if all did
 * @param lost streams that were closed by the other side
 * @param p50 microseconds from published to read, and so on
 */
public record LoadReport(
        long events,
        long bytes,
        long reads,
        long repeats,
        long holes,
        long gaps,
        long opened,
        long refused,
        @Nullable String refusal,
        long lost,
        long p50,
        long p90,
        long p99,
        long p999,
        long max) {

    /** Whether every event came once, in order, on streams that stayed. */
    public boolean flawless() {
        return repeats == 0 && holes == 0 && gaps == 0 && refused == 0 && lost == 0;
    }
}
