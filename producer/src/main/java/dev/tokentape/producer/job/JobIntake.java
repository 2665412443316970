package dev.tokentape.producer.job;

import dev.tokentape.producer.control.CancelledResponses;
import dev.tokentape.producer.metrics.JobFate;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.run.ActiveRuns;
import dev.tokentape.producer.run.Run;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Turns a batch of job records into runs: decides what becomes of each, takes those to be carried out by writing {@code
 * taken} to the journal, and starts them once that is acknowledged.
 *
 * <p>All of a batch are written before the first is waited for. A job whose {@code taken} does not arrive in half the
 * time it is locked for is given back to the group, so that the wait never outlives the lock.
 */
final class JobIntake {
    private static final Logger log = LoggerFactory.getLogger(JobIntake.class);

    /** Tells the group what became of a record. */
    @FunctionalInterface
    interface Desk {
        void acknowledge(ConsumerRecord<String, byte[]> job, AcknowledgeType type);
    }

    private sealed interface Decision {
        record Settled(AcknowledgeType answer) implements Decision {}

        record Taking(GenerationJob job, Run run, CompletableFuture<Long> taken) implements Decision {}
    }

    private final TapeCodec codec;
    private final ActiveRuns runs;
    private final CancelledResponses cancelled;
    private final ProducerMetrics metrics;
    private final InstantSource clock;
    private final Duration patience;

    /** @param lock how long a job is kept for the one who fetched it */
    JobIntake(
            TapeCodec codec,
            ActiveRuns runs,
            CancelledResponses cancelled,
            ProducerMetrics metrics,
            InstantSource clock,
            Duration lock) {
        this.codec = codec;
        this.runs = runs;
        this.cancelled = cancelled;
        this.metrics = metrics;
        this.clock = clock;
        this.patience = lock.dividedBy(2);
    }

    /**
     * Carries out a batch; every record is acknowledged, one way or another.
     *
     * @return the runs to start, once the acknowledgements are on their way
     */
    List<Run> take(Iterable<ConsumerRecord<String, byte[]>> batch, Desk desk) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        List<Decision> decisions = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : batch) {
            records.add(record);
            decisions.add(decide(record, deadline));
        }
        List<Run> taken = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            AcknowledgeType answer = switch (decisions.get(i)) {
                case Decision.Settled settled -> settled.answer();
                case Decision.Taking taking -> {
                    boolean owned = await(taking, deadline);
                    if (owned) {
                        taken.add(taking.run());
                    }
                    yield owned ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE;
                }
            };
            desk.acknowledge(records.get(i), answer);
        }
        return taken;
    }

    private Decision decide(ConsumerRecord<String, byte[]> record, long deadline) throws InterruptedException {
        GenerationJob job;
        try {
            job = decode(record);
        } catch (SchemaRegistryException e) {
            log.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("a job goes back to the group, since its schema cannot be fetched");
            return new Decision.Settled(AcknowledgeType.RELEASE);
        }
        if (job == null) {
            metrics.jobCame(null, JobFate.UNREADABLE);
            return new Decision.Settled(AcknowledgeType.REJECT);
        }
        String provider = job.getRequest().getProvider();
        if (clock.instant().isAfter(job.getDeadline())) {
            metrics.jobCame(provider, JobFate.EXPIRED);
            told(log.atInfo(), job).log("the job came after its deadline; not started");
            return new Decision.Settled(AcknowledgeType.ACCEPT);
        }
        Run run = runs.open(job);
        if (cancelled.contains(job.getResponseId())) {
            runs.drop(run);
            metrics.jobCame(provider, JobFate.CANCELLED);
            told(log.atInfo(), job).log("the answer was cancelled before its job came; not started");
            return new Decision.Settled(AcknowledgeType.ACCEPT);
        }
        try {
            return new Decision.Taking(job, run, run.take(remaining(deadline)));
        } catch (RuntimeException e) {
            return new Decision.Taking(job, run, CompletableFuture.failedFuture(e));
        }
    }

    private boolean await(Decision.Taking taking, long deadline) throws InterruptedException {
        GenerationJob job = taking.job();
        String provider = job.getRequest().getProvider();
        String failure;
        try {
            taking.taken().get(remaining(deadline).toNanos(), TimeUnit.NANOSECONDS);
            metrics.jobCame(provider, JobFate.TAKEN);
            return true;
        } catch (ExecutionException e) {
            failure = String.valueOf(e.getCause());
        } catch (TimeoutException _) {
            failure = "no answer within " + patience;
        }
        runs.giveUp(taking.run(), "not_taken");
        metrics.jobCame(provider, JobFate.RELEASED);
        told(log.atWarn(), job)
                .addKeyValue("cause", failure)
                .log("the journal did not acknowledge that the job was taken; given back to the group");
        return false;
    }

    private @Nullable GenerationJob decode(ConsumerRecord<String, byte[]> record) {
        try {
            if (record.value() == null) {
                throw new BadRecordException("no value");
            }
            return codec.decode(record.value(), GenerationJob.class);
        } catch (BadRecordException e) {
            log.atError()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("a job cannot be read and is rejected; its answer ends at its deadline");
            return null;
        }
    }

    private static Duration remaining(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static LoggingEventBuilder told(LoggingEventBuilder event, GenerationJob job) {
        return event.addKeyValue("conversation", job.getConversationId())
                .addKeyValue("response", job.getResponseId())
                .addKeyValue("provider", job.getRequest().getProvider())
                .addKeyValue("attempt", job.getAttempt());
    }
}
