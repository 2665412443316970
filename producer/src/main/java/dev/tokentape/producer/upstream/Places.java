package dev.tokentape.producer.upstream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * A number of places, given out in the order of asking. Asking never blocks: a {@link Claim} tells when it is granted,
 * so that whoever waits can wait for a cancel as well. Thread-safe.
 */
public final class Places {

    /** A wish for places; granted at once where there are enough, else in its turn. */
    public final class Claim {
        private final int wanted;
        private final CompletableFuture<Void> granted = new CompletableFuture<>();
        private boolean over;

        private Claim(int wanted) {
            this.wanted = wanted;
        }

        /** Completes, without a value, when the places are the claimant's. */
        public CompletableFuture<Void> granted() {
            return granted;
        }

        /** Gives the places back, or takes the wish back; the second call does nothing. */
        public void release() {
            give(this);
        }
    }

    private final Deque<Claim> waiting = new ArrayDeque<>();
    private int free;

    public Places(int total) {
        free = total;
    }

    public Claim claim(int wanted) {
        Claim claim = new Claim(wanted);
        synchronized (this) {
            waiting.add(claim);
        }
        grant();
        return claim;
    }

    private void give(Claim claim) {
        synchronized (this) {
            if (claim.over) {
                return;
            }
            claim.over = true;
            if (!waiting.remove(claim)) {
                free += claim.wanted;
            }
        }
        grant();
    }

    /** Completes outside the lock: what depends on a claim runs then and there. */
    private void grant() {
        while (true) {
            Claim next;
            synchronized (this) {
                next = waiting.peek();
                if (next == null || next.wanted > free) {
                    return;
                }
                waiting.remove();
                free -= next.wanted;
            }
            next.granted.complete(null);
        }
    }
}
