package dev.tokentape.schemas.config;

import java.util.HashMap;
import java.util.Map;

/**
 * How to reach Kafka, the same for every client of a process.
 *
 * @param bootstrapServers {@code host:port}, several parted by commas
 * @param clientProperties any further Kafka client settings, such as for TLS and SASL: all settings under {@code kafka.}
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> clientProperties) {

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
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
