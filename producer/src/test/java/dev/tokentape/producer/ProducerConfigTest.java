package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducerConfigTest {

    @Test
    void everySettingHasADefault() {
        // When
        ProducerConfig config = ProducerConfig.from(Settings.of(Map.of()));

        // Then
        assertThat(config.group()).isEqualTo("tokentape-producers");
        assertThat(config.maxRuns()).isEqualTo(200);
        assertThat(config.heartbeat()).isEqualTo(Duration.ofMillis(400));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.linger()).isZero();
        assertThat(config.jobDeadline()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        // Given
        Settings settings = Settings.of(
                Map.of("producer.max-runs", "0", "producer.heartbeat", "8s", "producer.drain-timeout", "soon"));

        // When
        assertThatThrownBy(() -> ProducerConfig.from(settings))

                // Then
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("producer.max-runs")
                .hasMessageContaining("producer.heartbeat")
                .hasMessageContaining("producer.drain-timeout");
    }
}
