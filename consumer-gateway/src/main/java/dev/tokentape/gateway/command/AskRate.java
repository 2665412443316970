package dev.tokentape.gateway.command;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many answers each client may ask for: as many as a minute allows at once, and then as fast as the minute's share
 * grows back. The {@value #MOST_CLIENTS} latest clients are told apart; one that was forgotten has its full share
 * again. Thread-safe.
 */
public final class AskRate {

    static final int MOST_CLIENTS = 100_000;
    private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);

    private record Share(double left, long atNanos) {}

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Share> shares = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Share> eldest) {
            return size() > MOST_CLIENTS;
        }
    };

    /** @param nanoTime like {@link System#nanoTime} */
    public AskRate(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /** @throws ProblemException if the client has asked for too many; it says when to come back */
    public synchronized void take(String client) {
        long now = nanoTime.getAsLong();
        Share before = shares.getOrDefault(client, new Share(perMinute, now));
        double left = Math.min(perMinute, before.left() + (now - before.atNanos()) * perMinute / NANOS_PER_MINUTE);
        if (left >= 1) {
            shares.put(client, new Share(left - 1, now));
            return;
        }
        shares.put(client, new Share(left, now));
        long seconds = (long) Math.ceil((1 - left) * 60 / perMinute);
        throw new Problem(
                        "too-many-asks",
                        "The client asks for too many answers",
                        429,
                        "each client may ask for %d answers a minute (gateway.asks-per-minute); ask again in %d s"
                                .formatted(perMinute, seconds))
                .withHeader("Retry-After", Long.toString(seconds))
                .asException();
    }
}
