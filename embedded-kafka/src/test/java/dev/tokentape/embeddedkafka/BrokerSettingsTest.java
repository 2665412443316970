package dev.tokentape.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
    @Test
    void bothListenersAreThoseAlreadyBoundAndTheControllerStaysOnLoopback() throws Exception {
        try (ListenSockets sockets = ListenSockets.bind("127.0.0.1", 0)) {
            // When
            Properties settings = BrokerSettings.of(EmbeddedKafkaConfig.in(Path.of("data")), Path.of("data"), sockets);

            // Then
            assertThat(settings)
                    .containsEntry("advertised.listeners", "BROKER://127.0.0.1:" + sockets.brokerPort())
                    .containsEntry(
                            "controller.quorum.voters",
                            "1@127.0.0.1:" + sockets.controllerAddress().getPort());
            assertThat(sockets.controllerAddress().getAddress().isLoopbackAddress())
                    .isTrue();
        }
    }

    @Test
    void givenSettingsWin() throws Exception {
        // Given
        EmbeddedKafkaConfig config = EmbeddedKafkaConfig.in(Path.of("data"))
                .withShareLockDuration(Duration.ofSeconds(2))
                .withSetting("num.io.threads", "7");
        try (ListenSockets sockets = ListenSockets.bind("127.0.0.1", 0)) {

            // When
            Properties settings = BrokerSettings.of(config, Path.of("data"), sockets);

            // Then
            assertThat(settings)
                    .containsEntry("num.io.threads", "7")
                    .containsEntry("group.share.record.lock.duration.ms", "2000");
        }
    }
}
