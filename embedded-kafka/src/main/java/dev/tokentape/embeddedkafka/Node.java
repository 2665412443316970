package dev.tokentape.embeddedkafka;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.quota.ControllerMutationQuota;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Set;

/**
 * Kafka's own controller and broker, put together as Kafka's server process does, but on sockets that are already
 * bound and with faults that do not end the process.
 *
 * <p>The only class here that touches Kafka's server classes, which are no public API: a new Kafka version is checked
 * here first.
 */
final class Node {
    private static final Duration ACTIVATION = Duration.ofSeconds(30);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

    private final boolean closedCleanly;
    private final Metrics metrics;
    private final ControllerServer controller;
    private final BrokerServer broker;

    /** Reads the formatted directory; throws what Kafka throws if it is damaged. */
    Node(KafkaConfig config, Faults faults, ListenSockets sockets) {
        closedCleanly = new CleanShutdownFileHandler(config.logDirs().getFirst()).exists();
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> directory =
                KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(KafkaRaftServer.class), "");
        metrics = Server.initializeMetrics(
                config, Time.SYSTEM, directory._1().clusterId().orElseThrow());
        SharedServer shared = new SharedServer(
                config,
                directory._1(),
                Time.SYSTEM,
                metrics,
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                faults,
                sockets);
        controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directory._2());
        broker = new BrokerServer(shared);
    }

    /** Returns when clients may connect. */
    void start() throws InterruptedException, ExecutionException {
        controller.startup();
        if (!closedCleanly) {
            forgetLastRun();
        }
        broker.startup();
        createInternalTopics();
    }

    /**
     * Ends the broker's registration of a run that was killed. The controller would otherwise take that run for alive
     * until its session is over, a minute here, and refuse this one.
     */
    private void forgetLastRun() throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + ACTIVATION.toNanos();
        while (true) {
            try {
                controller
                        .controller()
                        .unregisterBroker(
                                new ControllerRequestContext(
                                        new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty()),
                                BrokerSettings.NODE_ID)
                        .get();
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof BrokerIdNotRegisteredException) {
                    return;
                }
                if (!(e.getCause() instanceof NotControllerException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    /**
     * Kafka creates these when a group first needs them; the first share group would then wait two seconds for its
     * next try.
     */
    private void createInternalTopics() {
        for (String topic : new String[] {Topic.GROUP_METADATA_TOPIC_NAME, Topic.SHARE_GROUP_STATE_TOPIC_NAME}) {
            if (!broker.metadataCache().contains(topic)) {
                broker.autoTopicCreationManager()
                        .createTopics(
                                new Set.Set1<>(topic),
                                ControllerMutationQuota.UNBOUNDED_CONTROLLER_MUTATION_QUOTA,
                                Option.empty());
            }
        }
    }

    void close() {
        try {
            broker.shutdown();
            broker.awaitShutdown();
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
            metrics.close();
        }
    }
}
