package dev.tokentape.producer.upstream;

import dev.tokentape.producer.policy.CircuitPolicy;
import java.util.Arrays;

/**
 * A circuit that opens where too many calls fail, so that no more are made for a while.
 *
 * <pre>
 *            too many failures in the window          open time over: one call passes
 *  CLOSED ─────────────────────────────────▶ OPEN ─────────────────────────────────▶ HALF_OPEN
 *     ▲                                       ▲                                       │    │
 *     └───────────────────────────────────────┼──────────── it succeeds ──────────────┘    │
 *                                             └──────────── it fails ──────────────────────┘
 * </pre>
 *
 * What a call reports counts only as long as the circuit is in the state in which it let that call pass. Times are
 * monotonic nanoseconds, given by the caller. Thread-safe.
 */
final class CircuitBreaker {

    /** What {@link #pass} says where no call may be made. */
    static final long REFUSED = -1;

    /** How a call went, as far as the provider's health is concerned. */
    enum Report {
        WORKED,
        FAILED,
        /** It says nothing about the provider: cancelled, refused for what was asked, or not made after all. */
        SAYS_NOTHING
    }

    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private static final int SLICES = 10;

    private final CircuitPolicy policy;
    private final long sliceNanos;
    private final long[] slice = new long[SLICES];
    private final int[] calls = new int[SLICES];
    private final int[] failures = new int[SLICES];
    private State state = State.CLOSED;
    private long openedAt;
    private boolean probing;
    private long generation;

    CircuitBreaker(CircuitPolicy policy) {
        this.policy = policy;
        this.sliceNanos = Math.max(1, policy.window().toNanos() / SLICES);
    }

    /** @return the number to report with, or {@link #REFUSED} */
    synchronized long pass(long now) {
        if (state == State.OPEN && now - openedAt >= policy.openTime().toNanos()) {
            become(State.HALF_OPEN);
        }
        boolean allowed = state == State.CLOSED || state == State.HALF_OPEN && !probing;
        probing = state == State.HALF_OPEN;
        return allowed ? generation : REFUSED;
    }

    synchronized void report(long passedWith, Report report, long now) {
        if (passedWith != generation) {
            return;
        }
        if (state == State.HALF_OPEN) {
            switch (report) {
                case WORKED -> become(State.CLOSED);
                case FAILED -> open(now);
                case SAYS_NOTHING -> probing = false;
            }
        } else if (report != Report.SAYS_NOTHING) {
            count(report, now);
            if (policy.failurePercent() > 0 && tooMany(now)) {
                open(now);
            }
        }
    }

    private void open(long now) {
        become(State.OPEN);
        openedAt = now;
    }

    private void become(State next) {
        state = next;
        probing = false;
        generation++;
        Arrays.fill(calls, 0);
        Arrays.fill(failures, 0);
    }

    private void count(Report report, long now) {
        long number = Math.floorDiv(now, sliceNanos);
        int at = Math.floorMod(number, SLICES);
        if (slice[at] != number) {
            slice[at] = number;
            calls[at] = 0;
            failures[at] = 0;
        }
        calls[at]++;
        failures[at] += report == Report.FAILED ? 1 : 0;
    }

    private boolean tooMany(long now) {
        long newest = Math.floorDiv(now, sliceNanos);
        long all = 0;
        long failed = 0;
        for (int i = 0; i < SLICES; i++) {
            if (newest - slice[i] < SLICES) {
                all += calls[i];
                failed += failures[i];
            }
        }
        return all >= policy.minimumCalls() && failed * 100 >= all * policy.failurePercent();
    }
}
