package dev.tokentape.gateway.http;

import java.time.Duration;

/**
 * When each of many connections is sent away at the gateway's end: one after another, so that those who come back do
 * not reach the next gateway all in one moment. Few connections leave at once; however many there are, all are told
 * within the drain time.
 */
final class DrainPace {

    private static final long APART_NANOS = 500_000;

    private final long apart;
    private final long longest;

    /** @param connections that are open now */
    DrainPace(int connections, Duration drainTime) {
        this.longest = drainTime.toNanos();
        this.apart = Math.min(APART_NANOS, longest / Math.max(1, connections));
    }

    /** Nanoseconds after which the connection of this place, from 0, is told. */
    long delayNanos(int place) {
        return Math.min(place * apart, longest);
    }
}
