package dev.tokentape.producer.run;

import dev.tokentape.producer.journal.Journal;
import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.metrics.RunMeters;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.run.RunSink.LostReport;
import dev.tokentape.producer.upstream.RunPlace;
import dev.tokentape.producer.upstream.Upstreams;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One attempt at an answer, carried out here: takes the attempt, calls the provider on a virtual thread of its own, and
 * ends by one terminal event in the journal, unless it is handed back or the journal fails.
 */
public final class Run {
    private static final Logger log = LoggerFactory.getLogger(Run.class);

    private final GenerationJob job;
    private final String runId;
    private final Upstreams upstreams;
    private final RunSink sink;

    private final Object callLock = new Object();
    private @Nullable UpstreamCall call;
    private @Nullable String cancelReason;
    private volatile @Nullable Thread thread;

    Run(
            GenerationJob job,
            String runId,
            Upstreams upstreams,
            Journal journal,
            Function<String, RunMeters> meters,
            Clocks clocks) {
        this.job = job;
        this.runId = runId;
        this.upstreams = upstreams;
        long now = clocks.wallMicros().getAsLong();
        Envelope base = new Envelope(
                job.getConversationId(),
                job.getResponseId(),
                job.getAttempt(),
                runId,
                0,
                0,
                Envelope.NONE,
                now,
                now,
                Envelope.NONE,
                job.getRequest().getProvider(),
                job.getRequest().getModel());
        this.sink = new RunSink(base, journal, meters, clocks, this::noMoreUse);
    }

    public String runId() {
        return runId;
    }

    String responseId() {
        return job.getResponseId();
    }

    /** The provider that serves it, or served it; until an event came, the one asked for. */
    String provider() {
        return sink.provider();
    }

    /**
     * Appends {@code taken} to the journal.
     *
     * @param atMost how long to wait for room in the journal's buffer
     * @return its offset, when acknowledged
     */
    public CompletableFuture<Long> take(Duration atMost) throws InterruptedException {
        return sink.take(atMost);
    }

    /** Begins the call, on this place. */
    void start(RunPlace place, Runnable whenEnded) {
        thread = Thread.ofVirtual().name("tokentape-run-" + runId).start(() -> {
            try {
                carryOut(place);
            } finally {
                place.leave();
                whenEnded.run();
            }
        });
    }

    /** Closes the upstream connection, or prevents it; the run then ends as cancelled. Any thread, any time. */
    void cancel(String reason) {
        UpstreamCall running;
        synchronized (callLock) {
            if (cancelReason == null) {
                cancelReason = reason;
            }
            running = call;
        }
        if (running != null) {
            running.cancel(reason);
        }
    }

    /**
     * Stops the run without a terminal event, so that it looks lost and another may follow; does nothing if it has
     * ended.
     */
    void handBack(String reason) {
        if (!sink.handBack()) {
            return;
        }
        cancel(reason);
        Thread running = thread;
        if (running != null) {
            // It may be waiting for a slow journal.
            running.interrupt();
        }
    }

    /** Waits for a handed-back run to come to rest, then reports it lost; if that fails, the watch will find out. */
    void reportLost(String reason, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Thread running = thread;
        LostReport report = running != null && !running.join(atMost)
                ? LostReport.NOT_IN_TIME
                : sink.reportLost(reason, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        switch (report) {
            case SENT -> told(log.atInfo()).log("handed back, and reported lost");
            case NOT_NEEDED -> {}
            case NOT_IN_TIME ->
                told(log.atWarn())
                        .log("handed back, but Kafka is too slow to report it lost: the processor's "
                                + "watch will notice its silence");
        }
    }

    boolean heartbeatIfSilent(long intervalNanos) throws InterruptedException {
        return sink.heartbeatIfSilent(intervalNanos);
    }

    /** How it ended; meaningful once it has. */
    Outcome outcome() {
        return sink.outcome();
    }

    private void carryOut(RunPlace place) {
        try {
            callProvider(place);
            if (sink.isOpen()) {
                told(log.atError())
                        .log("the provider's call ended without a terminal event; ended the answer by an error");
                fail(ErrorPhase.OTHER, "producer_error", "the call ended without saying how");
            }
        } catch (InterruptedException e) {
            endUnexpectedly(e);
        } catch (RuntimeException e) {
            endUnexpectedly(e);
        }
    }

    private void callProvider(RunPlace place) throws InterruptedException {
        UpstreamCall prepared = upstreams.prepare(job, runId, sink, sink::now, place);
        String cancelledBefore;
        synchronized (callLock) {
            call = prepared;
            cancelledBefore = cancelReason;
        }
        if (cancelledBefore != null) {
            prepared.cancel(cancelledBefore);
        }
        prepared.run();
    }

    /** A handed-back run is interrupted on purpose; anything else is a fault here, and ends the answer. */
    private void endUnexpectedly(Exception fault) {
        if (!sink.isOpen()) {
            told(log.atDebug()).setCause(fault).log("stopped");
            return;
        }
        told(log.atError())
                .setCause(fault)
                .log("the run failed by a fault of this producer; ended the answer by an error");
        cancel("producer_error");
        try {
            fail(
                    ErrorPhase.OTHER,
                    "producer_error",
                    "the producer failed (%s); its log has the details"
                            .formatted(fault.getClass().getSimpleName()));
        } catch (InterruptedException e) {
            told(log.atWarn()).setCause(e).log("interrupted before the answer could be ended; the watch will end it");
        } catch (RuntimeException e) {
            told(log.atError()).setCause(e).log("the answer could not be ended; the watch will end it");
        }
    }

    private void fail(ErrorPhase errorPhase, String code, String message) throws InterruptedException {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(errorPhase)
                .setCode(code)
                .setMessage(message)
                .build();
        sink.emit(new TokenEvent.Failed(sink.now(), error, null));
    }

    private void noMoreUse(String reason, @Nullable Exception cause) {
        if (cause != null) {
            told(log.atError())
                    .setCause(cause)
                    .log("the journal refused a record; stopped the run, the processor's watch will end the attempt");
        }
        // Kafka's thread must not wait for a socket to close.
        Thread.ofVirtual().name("tokentape-stop-" + runId).start(() -> cancel(reason));
    }

    private LoggingEventBuilder told(LoggingEventBuilder event) {
        return event.addKeyValue("conversation", job.getConversationId())
                .addKeyValue("response", job.getResponseId())
                .addKeyValue("provider", job.getRequest().getProvider())
                .addKeyValue("attempt", job.getAttempt())
                .addKeyValue("run", runId);
    }
}
