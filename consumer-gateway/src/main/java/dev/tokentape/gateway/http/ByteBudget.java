package dev.tokentape.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all connections together may hold for one purpose. Thread-safe. */
public final class ByteBudget {

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    public ByteBudget(long limit) {
        this.limit = limit;
    }

    /** Takes some, if that many are left. */
    public boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= limit) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** An account for one request. */
    public Reservation reservation() {
        return new Reservation(this);
    }

    long limit() {
        return limit;
    }

    public long taken() {
        return taken.get();
    }
}
