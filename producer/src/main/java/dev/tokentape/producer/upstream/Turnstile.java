package dev.tokentape.producer.upstream;

import dev.tokentape.producer.policy.CallPolicy;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to one provider: its places, its budgets, and those who wait for them.
 *
 * <p>Who waits leaves its place in the process to others, so that a provider which is busy holds none of theirs;
 * instead it takes one of the provider's places to wait, and where those are taken too, fails at once. Thread-safe.
 */
final class Turnstile {

    /** What came of asking for the way. */
    sealed interface Entry {

        record Open() implements Entry {}

        /** @param because a clause for people, about the provider */
        record Busy(String because) implements Entry {}

        record Cancelled() implements Entry {}
    }

    private final CallPolicy policy;
    private final @Nullable Places places;
    private final RateBudget budget;
    private final Semaphore waitingPlaces;

    Turnstile(CallPolicy policy, LongSupplier nanos) {
        this.policy = policy;
        this.places = policy.maxRuns() == 0 ? null : new Places(policy.maxRuns());
        this.budget = new RateBudget(policy.requestsPerMinute(), policy.tokensPerMinute(), nanos);
        this.waitingPlaces = new Semaphore(policy.maxWaiting());
    }

    Visit visit(RunPlace place, Cancellation cancellation) {
        return new Visit(place, cancellation);
    }

    /** One answer's calls at the provider: one place for all its tries, a share of the budgets for each. */
    final class Visit implements AutoCloseable {
        private final RunPlace place;
        private final Cancellation cancellation;
        private Places.@Nullable Claim claim;
        private RateBudget.@Nullable Share share;

        private Visit(RunPlace place, Cancellation cancellation) {
            this.place = place;
            this.cancellation = cancellation;
        }

        /**
         * Waits until a call may be made.
         *
         * @param estimate tokens that it will take
         */
        Entry enter(long estimate) throws InterruptedException {
            if (cancellation.reason() != null) {
                return new Entry.Cancelled();
            }
            long deadline = System.nanoTime() + policy.maxWait().toNanos();
            RateBudget.Share taken = budget.take(estimate, policy.maxWait());
            if (taken == null) {
                return new Entry.Busy("its budget per minute here is used up for longer than " + maxWait());
            }
            share = taken;
            if (claim == null && places != null) {
                claim = places.claim(1);
            }
            Entry entry = new Entry.Open();
            if (!taken.waitTime().isZero() || claim != null && !claim.granted().isDone()) {
                entry = queueUp(taken.waitTime(), deadline);
            }
            if (!(entry instanceof Entry.Open)) {
                taken.withdraw();
            }
            return entry;
        }

        /** Settles the call's share; a number below 0 if nobody knows what it took. */
        void used(long tokens) {
            RateBudget.Share taken = share;
            if (taken != null && tokens >= 0) {
                taken.settle(tokens);
            }
        }

        /** The call was not made after all. */
        void notUsed() {
            RateBudget.Share taken = share;
            if (taken != null) {
                taken.withdraw();
            }
        }

        @Override
        public void close() {
            if (claim != null) {
                claim.release();
            }
        }

        private Entry queueUp(Duration budgetWait, long deadline) throws InterruptedException {
            if (!waitingPlaces.tryAcquire()) {
                return new Entry.Busy("%d answers wait for it here already".formatted(policy.maxWaiting()));
            }
            try {
                place.leave();
                if (!cancellation.pause(budgetWait)) {
                    return new Entry.Cancelled();
                }
                Entry entry = claim == null ? new Entry.Open() : await(claim, deadline);
                return entry instanceof Entry.Open ? await(place.comeBack(), deadline) : entry;
            } finally {
                waitingPlaces.release();
            }
        }

        private Entry await(Places.Claim wanted, long deadline) throws InterruptedException {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            return switch (cancellation.await(wanted.granted(), left)) {
                case GRANTED -> new Entry.Open();
                case LATE -> new Entry.Busy("no place became free within " + maxWait());
                case CANCELLED -> new Entry.Cancelled();
            };
        }

        private String maxWait() {
            return policy.maxWait().toSeconds() + " s";
        }
    }
}
