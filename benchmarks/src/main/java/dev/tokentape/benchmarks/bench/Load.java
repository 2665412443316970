package dev.tokentape.benchmarks.bench;

import org.jspecify.annotations.Nullable;

/**
 * What is delivered in one measurement.
 *
 * @param what its name in the table
 * @param perSecond deliveries a second
 * @param burst events of one conversation written at a time
 * @param token what readers say who they are with; null where nobody asks
 */
record Load(
        String what,
        Audience audience,
        double perSecond,
        int burst,
        @Nullable String token) {

    Load(String what, Audience audience, double perSecond, int burst) {
        this(what, audience, perSecond, burst, null);
    }

    /** The same, by readers with a token. */
    Load with(String readersToken) {
        return new Load(what, audience, perSecond, burst, readersToken);
    }

    double eventsPerSecond() {
        return perSecond * audience.tellings().size() / audience.size();
    }
}
