package dev.tokentape.producer.job;

import dev.tokentape.producer.control.CancelledResponses;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.run.ActiveRuns;
import dev.tokentape.producer.run.Run;
import dev.tokentape.schemas.codec.TapeCodec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that takes jobs: claims places, polls for as many jobs, hands them over, again. */
public final class JobPoller implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JobPoller.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** The first poll also tells whether the broker talks to us; nobody should wait for it. */
    private static final Duration FIRST_POLL = Duration.ofMillis(50);

    private static final Duration LOOK_FOR_CLOSE = Duration.ofMillis(100);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ShareConsumer<String, byte[]> consumer;
    private final String topic;
    private final int batch;
    private final ActiveRuns runs;
    private final JobIntake intake;
    private final CompletableFuture<Void> firstPoll = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param consumer closed by this thread at the end
     * @param batch the most jobs one poll of this consumer brings
     * @param lock how long a job is kept for the one who fetched it
     */
    public JobPoller(
            ShareConsumer<String, byte[]> consumer,
            String topic,
            int batch,
            TapeCodec codec,
            ActiveRuns runs,
            CancelledResponses cancelled,
            ProducerMetrics metrics,
            InstantSource clock,
            Duration lock) {
        this.consumer = consumer;
        this.topic = topic;
        this.batch = batch;
        this.runs = runs;
        this.intake = new JobIntake(codec, runs, cancelled, metrics, clock, lock);
        this.thread = Thread.ofPlatform().daemon().name("tokentape-jobs").unstarted(this::takeJobs);
    }

    public void start() {
        thread.start();
    }

    /**
     * Waits until the group has answered for the first time.
     *
     * @throws KafkaException if it refused, or did not answer in time
     */
    public void awaitFirstPoll(Duration atMost) {
        try {
            firstPoll.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException("jobs cannot be taken from %s: %s".formatted(topic, e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(
                    "the first poll of %s did not return within %d s".formatted(topic, atMost.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the first poll of " + topic, e);
        }
    }

    public boolean running() {
        return thread.isAlive() && firstPoll.isDone() && !firstPoll.isCompletedExceptionally();
    }

    /** Takes no more jobs and leaves the group; returns when the thread has ended. */
    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeJobs() {
        try {
            consumer.setAcknowledgementCommitCallback((offsets, failure) -> {
                if (failure != null) {
                    log.atWarn()
                            .addKeyValue("offsets", offsets)
                            .setCause(failure)
                            .log("Kafka did not take the acknowledgement of jobs; a job may come twice, "
                                    + "which is harmless");
                }
            });
            consumer.subscribe(List.of(topic));
            while (closed.getCount() > 0) {
                takeBatch();
            }
        } catch (InterruptedException e) {
            log.error("interrupted, but not by closing; no more jobs are taken", e);
        } finally {
            firstPoll.completeExceptionally(new IllegalStateException("closed before the first poll"));
            closeConsumer();
        }
    }

    private void takeBatch() throws InterruptedException {
        if (!runs.claimPlaces(batch, LOOK_FOR_CLOSE)) {
            return;
        }
        int unused = batch;
        try {
            ConsumerRecords<String, byte[]> jobs = consumer.poll(firstPoll.isDone() ? POLL : FIRST_POLL);
            firstPoll.complete(null);
            if (!jobs.isEmpty()) {
                List<Run> taken = intake.take(jobs, consumer::acknowledge);
                consumer.commitAsync();
                for (Run run : taken) {
                    unused--;
                    runs.start(run);
                }
            }
        } catch (WakeupException _) {
            // Closing.
        } catch (RuntimeException e) {
            if (!firstPoll.completeExceptionally(e)) {
                log.atError().addKeyValue("topic", topic).setCause(e).log("jobs cannot be taken; trying again");
            }
            closed.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            runs.freePlaces(unused);
        }
    }

    private void closeConsumer() {
        try {
            consumer.close(CLOSE_TIMEOUT);
        } catch (KafkaException e) {
            log.warn("leaving the share group failed; its locks run out by themselves", e);
        }
    }
}
