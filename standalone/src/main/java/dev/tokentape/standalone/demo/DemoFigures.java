package dev.tokentape.standalone.demo;

import dev.tokentape.cli.client.EventFrame;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How fast an answer was: at the provider, as one subscriber read it, and what lay between. All times in microseconds.
 *
 * @param events content events measured
 * @param provider by the producer's monotonic clock, from the request to the provider on
 * @param reader by the subscriber's clock, from the question to the gateway on
 * @param addedP50 from the receipt of the provider's bytes to the frame read by the subscriber, half of the events
 * @param addedP99 the same, 99 of 100 events
 * @param addedMax the same, the slowest event
 */
record DemoFigures(int events, Pace provider, Pace reader, long addedP50, long addedP99, long addedMax) {

    /**
     * The pace of an answer.
     *
     * @param ttft time to first token
     * @param tbtP50 time between tokens, half of the gaps
     * @param tbtP99 time between tokens, 99 of 100 gaps
     * @param tps tokens per second, from the first to the last
     * @param ttlt time to last token
     */
    record Pace(long ttft, long tbtP50, long tbtP99, double tps, long ttlt) {

        /** @param at times of the content events since the start, ascending; at least one */
        private static Pace of(long[] at) {
            long[] gaps = IntStream.range(1, at.length)
                    .mapToLong(i -> at[i] - at[i - 1])
                    .sorted()
                    .toArray();
            long span = at[at.length - 1] - at[0];
            double rate = span == 0 ? 0 : (at.length - 1) * 1e6 / span;
            return new Pace(at[0], percentile(gaps, 50), percentile(gaps, 99), rate, at[at.length - 1]);
        }
    }

    /**
     * The figures of one answer.
     *
     * @param frames all its frames, as one subscriber read them without interruption
     * @param askedAt when it was asked for, microseconds since 1970 UTC
     * @throws DemoException if there was no content
     */
    static DemoFigures of(List<EventFrame> frames, long askedAt) {
        List<EventFrame> content =
                frames.stream().filter(EventFrame::hasContent).toList();
        if (content.isEmpty()) {
            throw new DemoException("the answer had no content to measure");
        }
        long[] added = content.stream()
                .mapToLong(frame -> Math.max(0, frame.readAt() - frame.receivedAt()))
                .sorted()
                .toArray();
        return new DemoFigures(
                content.size(),
                Pace.of(content.stream()
                        .mapToLong(frame -> frame.elapsedNanos() / 1000)
                        .toArray()),
                Pace.of(content.stream()
                        .mapToLong(frame -> frame.readAt() - askedAt)
                        .toArray()),
                percentile(added, 50),
                percentile(added, 99),
                LongStream.of(added).max().orElse(0));
    }

    /** The smallest value that so many of a hundred do not exceed; 0 where there are none. */
    static long percentile(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return 0;
        }
        return sorted[Math.max(0, (int) Math.ceil(percent / 100.0 * sorted.length) - 1)];
    }
}
