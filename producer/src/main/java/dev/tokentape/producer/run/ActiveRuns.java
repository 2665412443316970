package dev.tokentape.producer.run;

import dev.tokentape.producer.journal.Journal;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.upstream.Places;
import dev.tokentape.producer.upstream.RunPlace;
import dev.tokentape.producer.upstream.Upstreams;
import dev.tokentape.schemas.avro.GenerationJob;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs in progress in this process, and the places for them.
 *
 * <p>A run is registered before its {@code taken} is written, so that whatever the journal's answer brings, an order to
 * stop finds it. Places are claimed before jobs are asked for; a started run gives its place back when it ends,
 * or while it waits for its provider.
 */
public final class ActiveRuns {
    private static final Logger log = LoggerFactory.getLogger(ActiveRuns.class);

    /** How long a job that was given back may still be watched for a late {@code taken}. */
    private static final Duration LATE_TAKEN = Duration.ofMinutes(1);

    private final Places places;
    /** Granted to the poller, and no run started on them yet. */
    private final Deque<Places.Claim> claimed = new ArrayDeque<>();

    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Object ended = new Object();
    private final Upstreams upstreams;
    private final Journal journal;
    private final ProducerMetrics metrics;
    private final Clocks clocks;

    public ActiveRuns(
            int maxRuns, ProviderDirectory providers, Journal journal, ProducerMetrics metrics, Clocks clocks) {
        this.places = new Places(maxRuns);
        this.upstreams = new Upstreams(providers, metrics, clocks.nanos());
        this.journal = journal;
        this.metrics = metrics;
        this.clocks = clocks;
    }

    /** Claims so many places, all or none. By one thread at a time, as are {@link #freePlaces} and {@link #start}. */
    public boolean claimPlaces(int wanted, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (int i = 0; i < wanted; i++) {
            Places.Claim claim = places.claim(1);
            claimed.push(claim);
            try {
                claim.granted().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                freePlaces(i + 1);
                return false;
            } catch (ExecutionException e) {
                throw new IllegalStateException("a place that cannot be granted", e);
            }
        }
        return true;
    }

    /** Gives back claimed places that no run was started on. */
    public void freePlaces(int unused) {
        for (int i = 0; i < unused; i++) {
            claimed.pop().release();
        }
    }

    /** Registers a run for the job, writing nothing. Ends in {@link #start}, {@link #drop} or {@link #giveUp}. */
    public Run open(GenerationJob job) {
        String runId = UUID.randomUUID().toString();
        Run run = new Run(job, runId, upstreams, journal, metrics::ofRun, clocks);
        runs.put(runId, run);
        return run;
    }

    /** Begins the call, on a place that the caller has claimed. */
    public void start(Run run) {
        run.start(new RunPlace(places, claimed.pop()), () -> {
            metrics.runEnded(run.provider(), run.outcome());
            forget(run);
        });
    }

    /** Forgets a run that has written nothing. */
    public void drop(Run run) {
        forget(run);
    }

    /** Gives up a run whose {@code taken} was not acknowledged; should it arrive after all, it is taken back. */
    public void giveUp(Run run, String reason) {
        forget(run);
        run.handBack(reason);
        Thread.ofVirtual().name("tokentape-give-up-" + run.runId()).start(() -> reportLost(run, reason, LATE_TAKEN));
    }

    /** Cancels every run of the answer. */
    public void cancelResponse(String responseId, String reason) {
        for (Run run : runs.values()) {
            if (run.responseId().equals(responseId)) {
                run.cancel(reason);
            }
        }
    }

    /** Cancels this run, if it is here. */
    public void stopRun(String runId, String reason) {
        Run run = runs.get(runId);
        if (run != null) {
            run.cancel(reason);
        }
    }

    public int count() {
        return runs.size();
    }

    Collection<Run> all() {
        return runs.values();
    }

    /** Waits until there is no run. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (ended) {
            while (!runs.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(ended, left);
            }
            return true;
        }
    }

    /** Stops all runs without a terminal event and reports each as lost, all within the given time. */
    public void handBackAll(String reason, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<Run> left = List.copyOf(runs.values());
        left.forEach(run -> run.handBack(reason));
        for (Run run : left) {
            run.reportLost(reason, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    private void forget(Run run) {
        synchronized (ended) {
            runs.remove(run.runId());
            ended.notifyAll();
        }
    }

    private static void reportLost(Run run, String reason, Duration atMost) {
        try {
            run.reportLost(reason, atMost);
        } catch (InterruptedException e) {
            log.atWarn().addKeyValue("run", run.runId()).setCause(e).log("interrupted while reporting a lost run");
        }
    }
}
