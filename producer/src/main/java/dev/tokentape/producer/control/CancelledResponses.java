package dev.tokentape.producer.control;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The answers cancelled lately, so that a job which comes after its cancel is not started.
 *
 * <p>Bounded by time, since a job that old is past its deadline anyway, and by number, beyond which the oldest is
 * forgotten: its job, if there is one still, would be started, and stopped by the processor. Thread-safe.
 */
public final class CancelledResponses {

    /** Most answers remembered, about 15 MB. */
    static final int MAX_REMEMBERED = 100_000;

    private final long keepNanos;
    private final LongSupplier nanos;
    /** When each was cancelled, oldest first. */
    private final Map<String, Long> cancelledAt = new LinkedHashMap<>();

    /**
     * @param keep how long an answer is remembered
     * @param nanos monotonic clock
     */
    public CancelledResponses(Duration keep, LongSupplier nanos) {
        this.keepNanos = keep.toNanos();
        this.nanos = nanos;
    }

    public synchronized void remember(String responseId) {
        long now = nanos.getAsLong();
        cancelledAt.remove(responseId);
        cancelledAt.put(responseId, now);
        forget(now);
    }

    public synchronized boolean contains(String responseId) {
        forget(nanos.getAsLong());
        return cancelledAt.containsKey(responseId);
    }

    synchronized int size() {
        return cancelledAt.size();
    }

    private void forget(long now) {
        Iterator<Long> oldestFirst = cancelledAt.values().iterator();
        while (oldestFirst.hasNext() && (now - oldestFirst.next() > keepNanos || cancelledAt.size() > MAX_REMEMBERED)) {
            oldestFirst.remove();
        }
    }
}
