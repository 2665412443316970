package dev.tokentape.processor.judge;

/**
 * Whether a service is worth asking. After so many failures in a row it is left alone for a while; then one call tries,
 * and its outcome decides for all.
 *
 * <pre>
 *   closed ──failures in a row──▶ open ──pause over, one call──▶ trying ──success──▶ closed
 *                                   ▲                              └─failure─┐
 *                                   └────────────────────────────────────────┘
 * </pre>
 *
 * Knows no clock. Thread-safe.
 */
final class CircuitBreaker {

    private final int failuresToOpen;
    private final long pauseNanos;
    private int failures;
    private boolean open;
    private boolean trying;
    private long openedAt;

    CircuitBreaker(int failuresToOpen, long pauseNanos) {
        this.failuresToOpen = failuresToOpen;
        this.pauseNanos = pauseNanos;
    }

    /** Whether a call may be made now; whoever is let through must tell how it went. */
    synchronized boolean admits(long nanos) {
        if (!open) {
            return true;
        }
        if (trying || nanos - openedAt < pauseNanos) {
            return false;
        }
        trying = true;
        return true;
    }

    synchronized void succeeded() {
        failures = 0;
        open = false;
        trying = false;
    }

    /** @return whether this opened it */
    synchronized boolean failed(long nanos) {
        failures++;
        boolean opens = trying || !open && failures >= failuresToOpen;
        if (opens) {
            open = true;
            trying = false;
            openedAt = nanos;
        }
        return opens;
    }

    synchronized boolean isOpen() {
        return open;
    }
}
