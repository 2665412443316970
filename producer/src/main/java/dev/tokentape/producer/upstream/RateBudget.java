package dev.tokentape.producer.upstream;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one provider may be asked per minute: requests and tokens, each with a budget or without. Thread-safe. */
final class RateBudget {

    /** One call's share, taken before it is made by an estimate of its tokens. */
    final class Share {
        private final long tokens;
        private final long waitNanos;
        private boolean settled;

        private Share(long tokens, long waitNanos) {
            this.tokens = tokens;
            this.waitNanos = waitNanos;
        }

        /** How long to wait before the call may be made. */
        Duration waitTime() {
            return Duration.ofNanos(waitNanos);
        }

        /** The call was not made. */
        void withdraw() {
            RateBudget.this.settle(this, 0, true);
        }

        /** The call took so many tokens; counts once. */
        void settle(long used) {
            RateBudget.this.settle(this, used, false);
        }
    }

    private final @Nullable TokenBucket requests;
    private final @Nullable TokenBucket tokens;
    private final LongSupplier nanos;

    /** @param requestsPerMinute 0 for no budget; so for tokens */
    RateBudget(int requestsPerMinute, int tokensPerMinute, LongSupplier nanos) {
        long now = nanos.getAsLong();
        this.requests = requestsPerMinute == 0 ? null : new TokenBucket(requestsPerMinute, now);
        this.tokens = tokensPerMinute == 0 ? null : new TokenBucket(tokensPerMinute, now);
        this.nanos = nanos;
    }

    /** @return null if it would have to wait for longer than this */
    synchronized @Nullable Share take(long estimate, Duration longest) {
        long now = nanos.getAsLong();
        OptionalLong first = requests == null ? OptionalLong.of(0) : requests.take(1, now, longest.toNanos());
        if (first.isEmpty()) {
            return null;
        }
        OptionalLong second = tokens == null ? OptionalLong.of(0) : tokens.take(estimate, now, longest.toNanos());
        if (second.isEmpty()) {
            if (requests != null) {
                requests.giveBack(1, now);
            }
            return null;
        }
        return new Share(estimate, Math.max(first.getAsLong(), second.getAsLong()));
    }

    private synchronized void settle(Share share, long used, boolean unused) {
        if (share.settled) {
            return;
        }
        share.settled = true;
        long now = nanos.getAsLong();
        if (unused && requests != null) {
            requests.giveBack(1, now);
        }
        if (tokens != null) {
            tokens.giveBack(share.tokens - used, now);
        }
    }
}
