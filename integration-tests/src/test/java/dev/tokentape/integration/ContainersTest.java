package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;

/** The whole way against the broker and the registry that installations run, in containers. */
class ContainersTest {

    @TempDir
    Path directory;

    @Test
    void anAnswerGoesItsWholeWayThroughKafkaAndRegistryInContainers() throws Exception {
        Assumptions.assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "skipped: no Docker engine answers here, so Kafka and the registry cannot be started as containers");
        try (KafkaContainer kafka = new KafkaContainer("apache/kafka:4.3.1");
                GenericContainer<?> registry = new GenericContainer<>("apicurio/apicurio-registry:3.3.3")
                        .withExposedPorts(8080)
                        .waitingFor(
                                Wait.forHttp("/apis/ccompat/v7/subjects").withStartupTimeout(Duration.ofMinutes(2)));
                Simulator simulator = Simulator.start(SimulatorConfig.defaults().withPort(0))) {
            // Given
            startOrSkip(kafka);
            startOrSkip(registry);
            Map<String, String> settings = new HashMap<>();
            settings.put("kafka.bootstrap.servers", kafka.getBootstrapServers());
            settings.put(
                    "schema.registry.url",
                    "http://%s:%d/apis/ccompat/v7".formatted(registry.getHost(), registry.getMappedPort(8080)));
            settings.put("topics.partitions", "2");
            settings.put("topics.replication-factor", "1");
            settings.put("provider.openai.base-url", simulator.baseUrl());
            settings.put("provider.anthropic.base-url", simulator.baseUrl());
            settings.put("processor.http.port", "0");
            settings.put("processor.state-directory", directory.toString());
            settings.put("gateway.port", "0");
            TopicCatalogue catalogue = TopicCatalogue.from(Settings.of(settings));
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.getBootstrapServers()))) {
                new TopicAdmin(admin, catalogue).create();
            }
            new TapeCodec(SchemaRegistry.open(settings.get("schema.registry.url")), catalogue).publishSchemas();

            try (TokenProcessor processor = TokenProcessor.start(
                            ProcessorConfig.from(Settings.of(settings)), new SimpleMeterRegistry());
                    TokenProducer _ = TokenProducer.start(
                            ProducerConfig.from(Settings.of(settings)), new SimpleMeterRegistry())) {
                settings.put("gateway.processor-urls", processor.url().toString());
                try (Gateway gateway = Gateway.start(
                        GatewayConfig.from(Settings.of(settings)),
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
                    Client client = new Client(gateway.url());

                    // When
                    JsonNode answer =
                            client.askAndWait("containers", "Through containers", "sim?tps=500&tokens=40&ttft=10");

                    // Then
                    assertThat(answer.get("status").textValue()).isEqualTo("completed");
                    assertThat(answer.get("text").textValue()).isNotBlank();
                    EventStream replay = client.answer(
                            "containers", answer.get("response_id").textValue());
                    replay.awaitClosed();
                    assertThat(replay.text(answer.get("response_id").textValue()))
                            .isEqualTo(answer.get("text").textValue());
                }
            }
        }
    }

    private static void startOrSkip(GenericContainer<?> container) {
        try {
            container.start();
        } catch (ContainerFetchException e) {
            Assumptions.abort("skipped: the image %s is not here and cannot be fetched"
                    .formatted(container.getDockerImageName()));
        }
    }
}
