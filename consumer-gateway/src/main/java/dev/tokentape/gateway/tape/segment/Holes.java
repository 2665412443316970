package dev.tokentape.gateway.tape.segment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Responses of which something is missing: later events have come, and wait for the repair that the processor's rewind
 * brings. Bounded in time and in number of early events. Not thread-safe.
 */
public final class Holes {

    private final long waitNanos;
    private final int mostEarly;
    private final Map<Long, Hole> open = new HashMap<>();

    private static final class Hole {
        private final long since;
        private int early;

        private Hole(long since) {
            this.since = since;
        }
    }

    public Holes(long waitNanos, int mostEarly) {
        this.waitNanos = waitNanos;
        this.mostEarly = mostEarly;
    }

    public void early(long response, long now) {
        open.computeIfAbsent(response, _ -> new Hole(now)).early++;
    }

    /** The next event of a response has come. */
    public void filled(long response) {
        if (!open.isEmpty()) {
            open.remove(response);
        }
    }

    public void clear() {
        open.clear();
    }

    public boolean isEmpty() {
        return open.isEmpty();
    }

    /** The responses whose repair is no longer waited for. */
    public List<Long> overdue(long now) {
        List<Long> overdue = new ArrayList<>();
        open.forEach((response, hole) -> {
            if (hole.early >= mostEarly || now - hole.since >= waitNanos) {
                overdue.add(response);
            }
        });
        return overdue;
    }
}
