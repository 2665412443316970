package dev.tokentape.gateway.tape.kafka;

/**
 * Whether records are fetched one by one or let gather. A poll costs Kafka's client and the broker about the same
 * whether it brings one record or hundreds, several times what the gateway spends on an event, and so does waking the
 * event loops. So where {@link #BUSY_RECORDS} come in a {@link #WINDOW_NANOS window}, the broker is to let them gather;
 * once fewer have come for {@link #CALM_WINDOWS} windows on end, every record is fetched at once again. Not
 * thread-safe.
 */
final class PollPace {

    static final long WINDOW_NANOS = 50_000_000;
    static final int BUSY_RECORDS = 50;
    static final int CALM_WINDOWS = 10;

    private long windowBegan;
    private int inWindow;
    private int calmWindows = CALM_WINDOWS;

    /**
     * Whether records should gather from here on.
     *
     * @param records that a poll brought
     * @param now monotonic time in nanoseconds
     */
    boolean gathers(int records, long now) {
        long windows = (now - windowBegan) / WINDOW_NANOS;
        if (windows > 0) {
            // Of several that have passed since the last poll, all but the first brought nothing.
            long calm = inWindow >= BUSY_RECORDS ? windows - 1 : calmWindows + windows;
            calmWindows = (int) Math.min(CALM_WINDOWS, calm);
            windowBegan = now;
            inWindow = 0;
        }
        inWindow += records;
        return calmWindows < CALM_WINDOWS;
    }
}
