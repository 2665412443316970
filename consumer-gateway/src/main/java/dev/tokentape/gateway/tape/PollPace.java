package dev.tokentape.gateway.tape;

/**
 * How long the poll thread rests between polls. A poll costs Kafka's client and the broker about the same whether it brings
 * one record or hundreds, several times what the gateway spends on an event. So where records come fast and few at a time,
 * they are let gather for {@link #REST_NANOS}; below {@link #BUSY_RECORDS} in a {@link #WINDOW_NANOS window} every record is
 * fetched at once. Not thread-safe.
 */
final class PollPace {

    static final long REST_NANOS = 2_000_000;
    static final long WINDOW_NANOS = 50_000_000;
    static final int BUSY_RECORDS = 50;

    /** A poll that brings so many has gathered enough by itself. */
    static final int FULL_POLL = 100;

    private long windowBegan;
    private int inWindow;
    private boolean busy;

    /**
     * How long to rest after a poll, in nanoseconds; 0 for not at all.
     *
     * @param records that the poll brought
     * @param now monotonic time in nanoseconds
     */
    long restAfter(int records, long now) {
        if (now - windowBegan >= WINDOW_NANOS) {
            busy = inWindow >= BUSY_RECORDS && now - windowBegan < 2 * WINDOW_NANOS;
            windowBegan = now;
            inWindow = 0;
        }
        inWindow += records;
        return busy && records < FULL_POLL ? REST_NANOS : 0;
    }
}
