package dev.tokentape.embeddedkafka;

import static dev.tokentape.embeddedkafka.ListenSockets.BROKER_LISTENER;
import static dev.tokentape.embeddedkafka.ListenSockets.CONTROLLER_LISTENER;

import java.nio.file.Path;
import java.util.Properties;

/** The Kafka settings of a single small broker: one replica, few internal partitions, short waits, little memory. */
final class BrokerSettings {
    static final int NODE_ID = 1;

    private BrokerSettings() {}

    static Properties of(EmbeddedKafkaConfig config, Path logDirectory, ListenSockets sockets) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(NODE_ID));
        p.put("log.dirs", logDirectory.toString());
        addresses(p, config, sockets);
        singleReplica(p);
        groups(p, config);
        startAndStop(p);
        memory(p);
        p.put("auto.create.topics.enable", "false");
        p.putAll(config.settings());
        return p;
    }

    private static void addresses(Properties p, EmbeddedKafkaConfig config, ListenSockets sockets) {
        String broker = BROKER_LISTENER + "://" + address(config.host(), sockets.brokerPort());
        String controllerAddress =
                bracketed(sockets.controllerAddress().getAddress().getHostAddress()) + ":"
                        + sockets.controllerAddress().getPort();
        p.put("listeners", broker + "," + CONTROLLER_LISTENER + "://" + controllerAddress);
        p.put("advertised.listeners", broker);
        p.put("listener.security.protocol.map", BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        p.put("inter.broker.listener.name", BROKER_LISTENER);
        p.put("controller.listener.names", CONTROLLER_LISTENER);
        p.put("controller.quorum.voters", NODE_ID + "@" + controllerAddress);
    }

    static String address(String host, int port) {
        return bracketed(host) + ":" + port;
    }

    private static String bracketed(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private static void singleReplica(Properties p) {
        p.put("default.replication.factor", "1");
        p.put("min.insync.replicas", "1");
        p.put("offsets.topic.replication.factor", "1");
        p.put("offsets.topic.num.partitions", "1");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("transaction.state.log.num.partitions", "1");
        p.put("share.coordinator.state.topic.replication.factor", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("share.coordinator.state.topic.num.partitions", "1");
    }

    /** Everything runs on this machine, so members come, go and are missed quickly. */
    private static void groups(Properties p, EmbeddedKafkaConfig config) {
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("group.min.session.timeout.ms", "500");
        p.put("group.streams.initial.rebalance.delay.ms", "0");
        for (String kind : new String[] {"consumer", "share", "streams"}) {
            p.put("group." + kind + ".min.session.timeout.ms", "1000");
            p.put("group." + kind + ".session.timeout.ms", "10000");
            p.put("group." + kind + ".min.heartbeat.interval.ms", "100");
            // A member learns its assignment with a heartbeat, a new share group's member with its second or third.
            p.put("group." + kind + ".heartbeat.interval.ms", "500");
            p.put("group." + kind + ".assignment.interval.ms", "0");
            p.put("group." + kind + ".assignor.offload.enable", "false");
        }
        p.put("group.share.min.record.lock.duration.ms", "1000");
        p.put("group.share.max.record.lock.duration.ms", "3600000");
        p.put(
                "group.share.record.lock.duration.ms",
                Long.toString(config.shareLockDuration().toMillis()));
    }

    private static void startAndStop(Properties p) {
        p.put("server.max.startup.time.ms", "60000");
        p.put("controller.quorum.append.linger.ms", "0");
        p.put("controller.quorum.election.timeout.ms", "200");
        p.put("broker.heartbeat.interval.ms", "500");
        // The controller shares this process: one that is stalled together with its broker must not fence it.
        p.put("broker.session.timeout.ms", "60000");
        p.put("metric.reporters", "");
    }

    private static void memory(Properties p) {
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "4");
        p.put("background.threads", "2");
        p.put("group.coordinator.threads", "1");
        p.put("group.coordinator.background.threads", "1");
        p.put("num.recovery.threads.per.data.dir", "2");
        p.put("log.cleaner.threads", "1");
        p.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        p.put("log.segment.bytes", Integer.toString(128 << 20));
        p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        p.put("offsets.topic.segment.bytes", Integer.toString(8 << 20));
        p.put("transaction.state.log.segment.bytes", Integer.toString(8 << 20));
        p.put("share.coordinator.state.topic.segment.bytes", Integer.toString(8 << 20));
        p.put("offsets.load.buffer.size", Integer.toString(1 << 20));
        p.put("transaction.state.log.load.buffer.size", Integer.toString(1 << 20));
        p.put("share.coordinator.load.buffer.size", Integer.toString(1 << 20));
    }
}
