package dev.tokentape.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Logging;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.schemas.config.KafkaSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterTest {

    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void quiet() {
        Logging.quietNetwork();
    }

    @AfterEach
    void loud() {
        Logging.usualNetwork();
    }

    @Test
    void aKafkaThatIsNotThereIsWaitedForAndThenNamed() throws IOException {
        // Given
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        KafkaSettings kafka = new KafkaSettings("127.0.0.1:" + port, Map.of());

        // When
        assertThatThrownBy(() -> Cluster.await(kafka, notices::add, Duration.ofSeconds(4)))

                // Then
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS");
        assertThat(notices).containsExactly("waiting for Kafka at 127.0.0.1:" + port + " …");
    }

    @Test
    void anAddressThatIsNoneIsWrongUse() {
        assertThatThrownBy(() -> Cluster.await(new KafkaSettings("nowhere", Map.of()), notices::add))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining("nowhere");
    }

    @Test
    void nobodyHasToKnowThePartitionCountOfTopicsThatAreThere(@TempDir Path folder) {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder.resolve("kafka")))) {
            // Given
            String registry =
                    "schema.registry.url=" + folder.resolve("schemas.json").toUri();
            String broker = "kafka.bootstrap.servers=" + kafka.bootstrapServers();
            topics("--create", "--set", "topics.partitions=3", "--set", broker, "--set", registry);

            // When
            Screen told = topics("--set", broker, "--set", registry);
            Screen refused = topics("--set", "topics.partitions=5", "--set", broker, "--set", registry);

            // Then
            assertThat(told.out()).contains("with 3 partitions each");
            assertThat(refused.out()).contains("topics.partitions is 5").contains("set it to 3");
        }
    }

    private static Screen topics(String... options) {
        List<String> line = new ArrayList<>(List.of("topics"));
        line.addAll(List.of(options));
        Screen screen = new Screen();
        Tokentape.run(screen.terminal(), line.toArray(String[]::new));
        return screen;
    }
}
