package dev.tokentape.gateway.http;

/** What one request has taken of a {@link ByteBudget}; given back when it is closed. Thread-safe. */
public final class Reservation implements AutoCloseable {

    private final ByteBudget budget;
    private long held;
    private boolean closed;

    Reservation(ByteBudget budget) {
        this.budget = budget;
    }

    /** Takes more, if that many are left. */
    public synchronized boolean grow(long bytes) {
        if (closed || !budget.take(bytes)) {
            return false;
        }
        held += bytes;
        return true;
    }

    /** Gives back what is more than this. */
    public synchronized void shrinkTo(long bytes) {
        if (held > bytes) {
            budget.give(held - bytes);
            held = bytes;
        }
    }

    /** Whether so many more would fit if there were no other reservation. */
    public synchronized boolean couldGrow(long bytes) {
        return held + bytes <= budget.limit();
    }

    public long limit() {
        return budget.limit();
    }

    @Override
    public synchronized void close() {
        budget.give(held);
        held = 0;
        closed = true;
    }
}
