package dev.tokentape.embeddedkafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where an embedded broker keeps its data, where it listens and what differs from its defaults.
 *
 * @param directory holds the broker's data; created and formatted on first use, reopened later
 * @param host the address to bind and to advertise; an IP address or host name of this machine
 * @param port the port to listen on; 0 takes any free one
 * @param usedBy what this process is, in a few words; shown to whoever finds the directory in use
 * @param shareLockDuration how long a consumer of a share group may keep a record before it is handed out again;
 *     1 second to 1 hour
 * @param settings broker settings by their Kafka names, which win over those chosen here
 */
public record EmbeddedKafkaConfig(
        Path directory,
        String host,
        int port,
        String usedBy,
        Duration shareLockDuration,
        Map<String, String> settings) {

    public EmbeddedKafkaConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Kafka port " + port + " is not between 0 and 65535");
        }
        directory = directory.toAbsolutePath().normalize();
        settings = Map.copyOf(settings);
    }

    /** A broker on the directory, listening on any free port of 127.0.0.1. */
    public static EmbeddedKafkaConfig in(Path directory) {
        return new EmbeddedKafkaConfig(directory, "127.0.0.1", 0, "embedded Kafka", Duration.ofSeconds(30), Map.of());
    }

    public EmbeddedKafkaConfig withHost(String newHost) {
        return new EmbeddedKafkaConfig(directory, newHost, port, usedBy, shareLockDuration, settings);
    }

    public EmbeddedKafkaConfig withPort(int newPort) {
        return new EmbeddedKafkaConfig(directory, host, newPort, usedBy, shareLockDuration, settings);
    }

    public EmbeddedKafkaConfig withUsedBy(String newUsedBy) {
        return new EmbeddedKafkaConfig(directory, host, port, newUsedBy, shareLockDuration, settings);
    }

    public EmbeddedKafkaConfig withShareLockDuration(Duration newDuration) {
        return new EmbeddedKafkaConfig(directory, host, port, usedBy, newDuration, settings);
    }

    /** Adds one broker setting, by its Kafka name. */
    public EmbeddedKafkaConfig withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new EmbeddedKafkaConfig(directory, host, port, usedBy, shareLockDuration, more);
    }
}
