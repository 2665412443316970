package dev.tokentape.processor.watch;

import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.Observation;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock beside the fold: looks at the open responses from time to time and reports those that nobody seems to
 * work on any more.
 *
 * <p>It decides nothing. Its reports go into the journal, where the fold drops those that have been overtaken by a sign
 * of life. Silence is measured on a monotonic clock that stands while the journal is not heard ({@link HearingClock}),
 * so that neither a jump of the wall clock kills a run nor an outage of the broker. Not thread-safe.
 */
public final class Watch {

    /** Looks in one timeout: each may be the one that finds it over. */
    private static final int LOOKS_PER_TIMEOUT = 8;

    private static final int STEPS_PER_TIMEOUT = 4;
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

    private final Duration timeout;
    private final long timeoutNanos;
    private final long maxAnswerNanos;
    private final HearingClock hearing;
    private boolean asks;
    private Map<ResponseKey, Sighting> sightings = new HashMap<>();

    /**
     * How a response looked, since when it has looked like that, also by the time that the journal was heard, since
     * when it is known, and when it was reported.
     */
    private record Sighting(
            int attempt,
            @Nullable String runId,
            long lastSign,
            long deadline,
            long since,
            long heardSince,
            long knownSince,
            long reportedAt) {

        static final long NEVER = Long.MIN_VALUE;

        boolean looksLike(Observation seen) {
            return attempt == seen.attempt()
                    && lastSign == seen.lastSign()
                    && deadline == seen.deadline()
                    && (runId == null ? seen.runId() == null : runId.equals(seen.runId()));
        }

        Sighting reported(long now) {
            return new Sighting(attempt, runId, lastSign, deadline, since, heardSince, knownSince, now);
        }
    }

    /**
     * @param timeout longest silence of a run
     * @param maxAnswerDuration longest time for an answer in all
     */
    public Watch(Duration timeout, Duration maxAnswerDuration) {
        this.timeout = timeout;
        this.timeoutNanos = timeout.toNanos();
        this.hearing = new HearingClock(timeout.dividedBy(STEPS_PER_TIMEOUT));
        this.maxAnswerNanos = maxAnswerDuration.toNanos();
    }

    /**
     * Looks at every open response of the fold once.
     *
     * @param wallMicros wall clock, microseconds since 1970 UTC
     * @param nanos monotonic clock
     * @return reports for the journal
     */
    public List<TokenEvent.AttemptLost> look(JournalFold fold, long wallMicros, long nanos) {
        List<TokenEvent.AttemptLost> reports = new ArrayList<>();
        Map<ResponseKey, Sighting> next = new HashMap<>();
        long heard = hearing.look(nanos);
        asks = false;
        fold.observe(seen -> {
            Sighting sighting = sight(seen, nanos, heard);
            String reason = trouble(seen, sighting, wallMicros, nanos, heard);
            asks |= seen.runId() != null && hearing.shouldAsk(heard - sighting.heardSince());
            if (reason != null && mayReport(sighting, nanos)) {
                reports.add(report(seen, wallMicros, reason));
                sighting = sighting.reported(nanos);
            }
            next.put(seen.key(), sighting);
        });
        sightings = next;
        if (asks) {
            hearing.asked(nanos);
        }
        return reports;
    }

    /**
     * Whether a record should be written into the journal after this look, because a run is silent and it must be seen
     * whether it would be heard.
     */
    public boolean asks() {
        return asks;
    }

    /** To be called for every record of the journal, whatever it says. */
    public void heard() {
        hearing.heard();
    }

    /** How often to look. */
    public Duration interval() {
        Duration part = timeout.dividedBy(LOOKS_PER_TIMEOUT);
        return part.compareTo(LONGEST_INTERVAL) < 0 ? part : LONGEST_INTERVAL;
    }

    private Sighting sight(Observation seen, long nanos, long heard) {
        Sighting before = sightings.get(seen.key());
        if (before != null && before.looksLike(seen)) {
            return before;
        }
        long knownSince = before == null ? nanos : before.knownSince();
        long reportedAt = before == null ? Sighting.NEVER : before.reportedAt();
        return new Sighting(
                seen.attempt(), seen.runId(), seen.lastSign(), seen.deadline(), nanos, heard, knownSince, reportedAt);
    }

    private @Nullable String trouble(Observation seen, Sighting sighting, long wallMicros, long nanos, long heard) {
        if (nanos - sighting.knownSince() >= maxAnswerNanos || wallMicros - seen.openedAt() >= maxAnswerNanos / 1000) {
            return "answer_timed_out";
        }
        if (seen.runId() == null) {
            boolean overdue = nanos - sighting.since() >= seen.patience() * 1_000 || wallMicros >= seen.deadline();
            return overdue ? "overdue" : null;
        }
        return heard - sighting.heardSince() >= timeoutNanos ? "silent" : null;
    }

    private boolean mayReport(Sighting sighting, long nanos) {
        return sighting.reportedAt() == Sighting.NEVER || nanos - sighting.reportedAt() >= timeoutNanos;
    }

    private static TokenEvent.AttemptLost report(Observation seen, long wallMicros, String reason) {
        Envelope envelope = new Envelope(
                seen.key().conversationId(),
                seen.key().responseId(),
                seen.attempt(),
                seen.runId(),
                0,
                0,
                Envelope.NONE,
                wallMicros,
                wallMicros,
                Envelope.NONE,
                null,
                null);
        return new TokenEvent.AttemptLost(envelope, seen.lastSign(), reason);
    }
}
