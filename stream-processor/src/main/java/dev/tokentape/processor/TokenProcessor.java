package dev.tokentape.processor;

import dev.tokentape.processor.http.InternalHttp;
import dev.tokentape.processor.http.TurnReader;
import dev.tokentape.processor.judge.Judge;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.replay.KafkaPartitionReader;
import dev.tokentape.processor.replay.ReplayThreads;
import dev.tokentape.processor.rulebook.RuleTopic;
import dev.tokentape.processor.topology.Clocks;
import dev.tokentape.processor.topology.FoldSettings;
import dev.tokentape.processor.topology.ProcessorMeters;
import dev.tokentape.processor.topology.ProcessorTopology;
import dev.tokentape.processor.topology.SessionTimeout;
import dev.tokentape.processor.topology.StreamsSettings;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running processor: the Kafka Streams application around the fold, and its internal HTTP.
 *
 * <p>Several may run in one process, each with a state directory of its own.
 */
public final class TokenProcessor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TokenProcessor.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final List<Topic> WRITTEN =
            List.of(Topic.JOURNAL, Topic.JOBS, Topic.CONTROL, Topic.TOKENS, Topic.RESPONSES, Topic.METRICS);

    private final KafkaStreams streams;
    private final InternalHttp http;
    private final RuleTopic rules;
    private final Judge judge;
    private final ReplayThreads replays;
    private final AtomicBoolean closed = new AtomicBoolean();

    private TokenProcessor(
            KafkaStreams streams, InternalHttp http, RuleTopic rules, Judge judge, ReplayThreads replays) {
        this.streams = streams;
        this.http = http;
        this.rules = rules;
        this.judge = judge;
        this.replays = replays;
    }

    /**
     * Starts a processor and returns when it works.
     *
     * @throws dev.tokentape.schemas.topic.TopicException if the cluster's topics are not as they must be
     * @throws ProcessorException if it cannot start for another reason; nothing is left running then
     */
    public static TokenProcessor start(ProcessorConfig config, MeterRegistry registry) {
        return start(config, registry, false);
    }

    /**
     * The same, where the caller has the first moderation rules published meanwhile, and then waits by
     * {@link #awaitRules}: that there are none yet is nothing to warn of.
     */
    public static TokenProcessor startBesideRules(ProcessorConfig config, MeterRegistry registry) {
        return start(config, registry, true);
    }

    private static TokenProcessor start(ProcessorConfig config, MeterRegistry registry, boolean rulesAreComing) {
        Duration sessionTimeout = prepareCluster(config);
        TapeCodec codec = codec(config);
        createStateDirectory(config);
        InternalHttp http = bind(config);
        RuleTopic rules = null;
        Judge judge = null;
        try {
            rules = rules(config, registry, rulesAreComing);
            judge = Judge.start(config.moderation(), config.kafka(), config.topics(), codec, config.group(), registry);
            return start(config, registry, codec, http, rules, judge, sessionTimeout);
        } catch (RuntimeException | Error e) {
            http.close();
            if (rules != null) {
                rules.close();
            }
            if (judge != null) {
                judge.close();
            }
            throw e;
        }
    }

    private static TokenProcessor start(
            ProcessorConfig config,
            MeterRegistry registry,
            TapeCodec codec,
            InternalHttp http,
            RuleTopic rules,
            Judge judge,
            Duration sessionTimeout) {
        URI advertised = config.advertisedUrl() == null ? http.url() : config.advertisedUrl();
        HostInfo self = new HostInfo(
                advertised.getHost().replaceAll("[\\[\\]]", ""),
                advertised.getPort() == -1 ? 80 : advertised.getPort());
        ReplayThreads replays = new ReplayThreads();
        FoldSettings fold = new FoldSettings(
                config.topics(),
                codec,
                config.limits(),
                new RuleModeration(rules.book()),
                new KafkaPartitionReader(config.kafka(), config.group()),
                replays,
                config.watchTimeout(),
                Clocks.SYSTEM,
                new ProcessorMeters(registry),
                judge);
        StreamsSettings settings = new StreamsSettings(
                config.kafka(),
                config.group(),
                config.stateDirectory(),
                server(self),
                config.threads(),
                config.standbys(),
                config.topics().replicationFactor(),
                config.commitInterval(),
                sessionTimeout);
        KafkaStreams streams = new KafkaStreams(ProcessorTopology.build(fold), settings.properties());
        ThreadRestarts restarts = new ThreadRestarts();
        CountDownLatch settled = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(restarts);
        streams.setStateListener((state, before) -> {
            log.atInfo().addKeyValue("from", before).addKeyValue("to", state).log("the processor's state changed");
            if (state == KafkaStreams.State.RUNNING || state.hasCompletedShutdown()) {
                settled.countDown();
            }
        });
        TokenProcessor processor = new TokenProcessor(streams, http, rules, judge, replays);
        try {
            streams.start();
            awaitRunning(config, streams, settled, restarts);
        } catch (RuntimeException | Error e) {
            processor.close();
            throw e;
        }
        http.serve(new TurnReader(streams, config.topics(), codec), self);
        return processor;
    }

    private static String server(HostInfo self) {
        return (self.host().indexOf(':') >= 0 ? "[" + self.host() + "]" : self.host()) + ":" + self.port();
    }

    /** Whether it holds its partitions and works on them. */
    public boolean ready() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /**
     * Waits until it judges what comes by a version of the rules that was published.
     *
     * @throws org.apache.kafka.common.KafkaException if it does not within a minute
     */
    public void awaitRules(String version) {
        rules.awaitInForce(version);
    }

    /** Where its internal HTTP listens. */
    public URI url() {
        return http.url();
    }

    /** Commits, leaves the group and stops every thread. Further calls do nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        http.close();
        boolean stopped = streams.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        replays.close();
        judge.close();
        rules.close();
        if (!stopped) {
            log.atWarn()
                    .addKeyValue("waited", CLOSE_TIMEOUT)
                    .log("the processor's stream threads did not stop in time");
        }
    }

    private static void awaitRunning(
            ProcessorConfig config, KafkaStreams streams, CountDownLatch settled, ThreadRestarts restarts) {
        try {
            if (settled.await(config.startTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    && !streams.state().hasStartedOrFinishedShuttingDown()) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessorException("interrupted while the processor started", e);
        }
        Throwable cause = restarts.lastFailure();
        throw new ProcessorException(
                "the processor %s did not get to work within %d s (state %s)%s: check the broker at %s"
                        .formatted(
                                config.group(),
                                config.startTimeout().toSeconds(),
                                streams.state(),
                                cause == null ? "" : ", last failure: " + cause,
                                config.kafka().bootstrapServers()),
                cause);
    }

    /** @return the session timeout that the broker allows */
    private static Duration prepareCluster(ProcessorConfig config) {
        Map<String, Object> properties = config.kafka().properties();
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, config.group() + "-start");
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        try (Admin admin = Admin.create(properties)) {
            new TopicAdmin(admin, config.topics()).require();
            return SessionTimeout.allowed(admin, config.sessionTimeout());
        } catch (KafkaException e) {
            throw new ProcessorException(
                    "cannot reach Kafka at %s: %s".formatted(config.kafka().bootstrapServers(), e.getMessage()), e);
        }
    }

    private static RuleTopic rules(ProcessorConfig config, MeterRegistry registry, boolean rulesAreComing) {
        try {
            return RuleTopic.open(config.kafka(), config.topics(), config.group(), registry, rulesAreComing);
        } catch (KafkaException e) {
            throw new ProcessorException("cannot begin with the moderation rules: " + e.getMessage(), e);
        }
    }

    private static TapeCodec codec(ProcessorConfig config) {
        try {
            TapeCodec codec = new TapeCodec(SchemaRegistry.open(config.schemaRegistryUrl()), config.topics());
            codec.register(WRITTEN);
            return codec;
        } catch (SchemaRegistryException | IllegalArgumentException e) {
            throw new ProcessorException("cannot use the schema registry: " + e.getMessage(), e);
        }
    }

    private static void createStateDirectory(ProcessorConfig config) {
        try {
            Files.createDirectories(config.stateDirectory());
        } catch (IOException e) {
            throw new ProcessorException(
                    "cannot use processor.state-directory %s: %s".formatted(config.stateDirectory(), e), e);
        }
    }

    private static InternalHttp bind(ProcessorConfig config) {
        try {
            return InternalHttp.bind(config.httpHost(), config.httpPort());
        } catch (IOException e) {
            throw new ProcessorException(
                    "cannot listen on %s:%d: %s. Set processor.http.port to a free port, or to 0 for any"
                            .formatted(config.httpHost(), config.httpPort(), e.getMessage()),
                    e);
        }
    }
}
