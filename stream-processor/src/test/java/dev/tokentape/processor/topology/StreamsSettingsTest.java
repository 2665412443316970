package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {

    @Test
    void theAssignorFindsAmongTheConsumersSettingsWhatItWouldWarnOf() {
        // Given
        StreamsSettings settings = new StreamsSettings(
                KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap.servers", "localhost:9092"))),
                "group",
                Path.of("state"),
                "localhost:8081",
                1,
                0,
                (short) 1,
                Duration.ofMillis(100),
                Duration.ofSeconds(6));

        // When
        Map<String, Object> ofTheConsumer =
                new StreamsConfig(settings.properties()).getMainConsumerConfigs("group", "client", 0);

        // Then
        assertThat(ofTheConsumer).containsEntry(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
    }
}
