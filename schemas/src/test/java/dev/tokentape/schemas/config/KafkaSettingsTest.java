package dev.tokentape.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    @Test
    void whatAnOperatorSetsGoesBeforeWhatWeWouldTake() {
        // Given
        Settings settings = Settings.of(Map.of(
                "kafka.bootstrap.servers",
                "broker:9092",
                "kafka.reconnect.backoff.max.ms",
                "4000",
                "kafka.sasl.jaas",
                "x"));

        // When
        Map<String, Object> properties = KafkaSettings.from(settings).properties();

        // Then
        assertThat(properties)
                .containsEntry("bootstrap.servers", "broker:9092")
                .containsEntry("reconnect.backoff.max.ms", "4000")
                .containsEntry("sasl.jaas", "x")
                .containsKey("retry.backoff.max.ms");
    }
}
