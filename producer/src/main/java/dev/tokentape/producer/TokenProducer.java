package dev.tokentape.producer;

import dev.tokentape.producer.control.CancelledResponses;
import dev.tokentape.producer.control.ControlReader;
import dev.tokentape.producer.control.StopOrders;
import dev.tokentape.producer.job.JobPoller;
import dev.tokentape.producer.job.ShareGroup;
import dev.tokentape.producer.journal.Journal;
import dev.tokentape.producer.journal.JournalClient;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.producer.run.ActiveRuns;
import dev.tokentape.producer.run.Clocks;
import dev.tokentape.producer.run.Heartbeats;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running producer: takes jobs, calls LLM APIs, and appends their token events to the journal.
 *
 * <pre>
 *  llm.jobs ──▶ JobPoller ──▶ Run (a virtual thread each) ──▶ RunSink ──▶ Journal ──▶ llm.tokens.raw
 *                               ▲ cancel            ▲ heartbeat
 *  llm.control ──▶ ControlReader          Heartbeats
 * </pre>
 */
public final class TokenProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TokenProducer.class);

    private static final Duration FIRST_POLL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HAND_BACK_TIMEOUT = Duration.ofSeconds(5);
    private static final String SHUTDOWN = "producer_shutdown";

    /** A job can be dispatched up to one deadline after its cancel was ordered, and wait for another. */
    private static final int DEADLINES_A_CANCEL_MATTERS = 2;

    private final CloseStack opened;
    private final ActiveRuns runs;
    private final JobPoller jobs;
    private final ControlReader control;

    private TokenProducer(CloseStack opened, ActiveRuns runs, JobPoller jobs, ControlReader control) {
        this.opened = opened;
        this.runs = runs;
        this.jobs = jobs;
        this.control = control;
    }

    /**
     * Starts, and returns once jobs are taken and cancels heard.
     *
     * @throws RuntimeException saying what is missing: the broker, a topic, the schema registry
     */
    public static TokenProducer start(ProducerConfig config, MeterRegistry meters) {
        return start(config, Providers.open(config.providers()), meters);
    }

    /** Starts with these providers, which are closed with the producer, also if it cannot start. */
    static TokenProducer start(ProducerConfig config, ProviderDirectory providers, MeterRegistry meters) {
        CloseStack opened = new CloseStack();
        try {
            opened.push("providers", providers);
            return start(config, providers, meters, opened);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static TokenProducer start(
            ProducerConfig config, ProviderDirectory providers, MeterRegistry meters, CloseStack opened) {
        TopicCatalogue topics = config.topics();
        prepareCluster(config);
        TapeCodec codec = new TapeCodec(SchemaRegistry.open(config.schemaRegistryUrl()), topics);
        codec.register(List.of(Topic.JOURNAL));

        Clocks clocks = Clocks.system();
        ProducerMetrics metrics =
                new ProducerMetrics(meters, name -> providers.named(name).isPresent());
        Journal journal = opened.push("journal", openJournal(config, codec));
        ActiveRuns runs = new ActiveRuns(config.maxRuns(), providers, journal, metrics, clocks);
        opened.push("gauge", metrics.watchActiveRuns(runs::count));
        Duration cancelMatters = config.jobDeadline().multipliedBy(DEADLINES_A_CANCEL_MATTERS);
        CancelledResponses cancelled = new CancelledResponses(cancelMatters, clocks.nanos());
        ControlReader control = opened.push(
                "control",
                ControlReader.start(
                        ControlReader.consumer(config.kafka()),
                        topics.name(Topic.CONTROL),
                        codec,
                        new StopOrders(cancelled, runs),
                        InstantSource.system().instant().minus(cancelMatters).toEpochMilli()));
        opened.push("heartbeats", Heartbeats.start(runs, config.heartbeat()));
        opened.push("runs", () -> drain(runs, config.drainTimeout()));
        int batch = ShareGroup.batchOf(config.maxRuns());
        JobPoller jobs = new JobPoller(
                ShareGroup.consumer(config.kafka(), config.group(), batch),
                topics.name(Topic.JOBS),
                batch,
                codec,
                runs,
                cancelled,
                metrics,
                InstantSource.system(),
                config.jobLock());
        jobs.start();
        opened.push("jobs", jobs);
        jobs.awaitFirstPoll(FIRST_POLL_TIMEOUT);
        log.atInfo()
                .addKeyValue("topic", topics.name(Topic.JOBS))
                .addKeyValue("group", config.group())
                .addKeyValue("runs", config.maxRuns())
                .addKeyValue("providers", providers.names())
                .log("takes jobs");
        return new TokenProducer(opened, runs, jobs, control);
    }

    /** Whether jobs are taken and cancels heard. */
    public boolean ready() {
        return !opened.isClosed() && jobs.running() && control.running();
    }

    /** How many answers are being fetched now. */
    public int activeRuns() {
        return runs.count();
    }

    /**
     * Takes no more jobs, lets runs finish within the drain time-out, and hands the rest back: they end without a
     * terminal event and are reported lost, so that another producer can try again. Idempotent.
     */
    @Override
    public void close() {
        opened.close();
    }

    private static void prepareCluster(ProducerConfig config) {
        try (Admin admin = Admin.create(config.kafka().properties())) {
            new TopicAdmin(admin, config.topics()).require();
            ShareGroup.configure(admin, config.group(), config.jobLock());
        }
    }

    private static Journal openJournal(ProducerConfig config, TapeCodec codec) {
        return new Journal(
                JournalClient.open(config.kafka(), config.linger(), config.maxUnacknowledgedBytes(), config.topics()),
                codec,
                config.topics(),
                config.maxUnacknowledgedBytes());
    }

    private static void drain(ActiveRuns runs, Duration atMost) throws InterruptedException {
        if (!runs.awaitNone(atMost)) {
            int left = runs.count();
            log.atWarn()
                    .addKeyValue("answers", left)
                    .addKeyValue("waited", Settings.written(atMost))
                    .log("answers did not finish in time and are handed back: where nothing was shown "
                            + "yet, or the request allows a restart, a producer begins anew, else the answer "
                            + "ends with an error");
            runs.handBackAll(SHUTDOWN, HAND_BACK_TIMEOUT);
        }
    }
}
