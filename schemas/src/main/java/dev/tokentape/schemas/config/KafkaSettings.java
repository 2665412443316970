package dev.tokentape.schemas.config;

import java.util.HashMap;
import java.util.Map;

/**
 * How to reach Kafka, the same for every client of a process, and how soon a client comes back to a broker that was
 * away. Why each of {@link #COMING_BACK} is as it is stands in {@code docs/decisions/0032-who-is-gone.md}.
 *
 * @param bootstrapServers {@code host:port}, several parted by commas
 * @param clientProperties any further Kafka client settings, such as for TLS and SASL: all settings under
 *     {@code kafka.}
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> clientProperties) {

    /**
     * What Kafka's clients wait for at most, by default, where nobody has set it otherwise. Readers wait as long:
     * Kafka's own defaults add up to more than the outage.
     */
    private static final Map<String, String> COMING_BACK = Map.of(
            // Of a broker that refuses connections, because it is just starting: a second in Kafka's defaults.
            "reconnect.backoff.max.ms", "200",
            // Of one that says it is not ready yet, such as a coordinator that still loads: a second.
            "retry.backoff.max.ms", "300",
            // Of an address that does not answer at all, such as a machine that is gone: 10 s and up to 30 s.
            "socket.connection.setup.timeout.ms", "2000",
            "socket.connection.setup.timeout.max.ms", "5000",
            // Of a broker that took a request and stands still: 30 s.
            "request.timeout.ms", "10000");

    public KafkaSettings {
        clientProperties = Map.copyOf(clientProperties);
    }

    public static KafkaSettings from(Settings settings) {
        Map<String, String> further = new HashMap<>(settings.under("kafka."));
        further.remove("bootstrap.servers");
        return new KafkaSettings(settings.text("kafka.bootstrap.servers", "localhost:9092"), further);
    }

    /** The properties of a client, to which its own may be added. */
    public Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(COMING_BACK);
        properties.putAll(clientProperties);
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
