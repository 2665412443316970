package dev.tokentape.simulator.log;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;

/** The latest calls, at most {@code capacity}; the oldest is forgotten when another comes. */
public final class CallLog {

    private final int capacity;
    private final InstantSource clock;
    private final ArrayDeque<CallEntry> entries = new ArrayDeque<>();
    private long lastId;

    public CallLog(int capacity, InstantSource clock) {
        this.capacity = capacity;
        this.clock = clock;
    }

    public synchronized CallEntry open() {
        var entry = new CallEntry(++lastId, clock);
        entries.addLast(entry);
        if (entries.size() > capacity) {
            entries.removeFirst();
        }
        return entry;
    }

    public List<SimulatedCall> snapshot() {
        List<CallEntry> copy;
        synchronized (this) {
            copy = List.copyOf(entries);
        }
        return copy.stream().map(CallEntry::snapshot).toList();
    }
}
