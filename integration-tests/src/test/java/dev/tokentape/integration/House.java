package dev.tokentape.integration;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A whole Tokentape for a test: an embedded broker and the simulator at once, the services when asked for, each as many
 * times as a test likes. Closing it closes all that it started, last first.
 */
final class House implements AutoCloseable {

    private final Path directory;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final EmbeddedKafka kafka;
    private final Simulator simulator;
    private final Map<String, String> settings = new HashMap<>();
    private int instances;

    private House(Map<String, String> extra) throws IOException {
        directory = Files.createTempDirectory("tokentape-house");
        kafka = opened(EmbeddedKafka.start(EmbeddedKafkaConfig.in(directory.resolve("kafka"))));
        simulator = opened(Simulator.start(SimulatorConfig.defaults().withPort(0)));
        settings.putAll(Map.of(
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "schema.registry.url", directory.resolve("schemas.json").toUri().toString(),
                "topics.partitions", "2",
                "topics.replication-factor", "1",
                "provider.openai.base-url", simulator.baseUrl(),
                "provider.anthropic.base-url", simulator.baseUrl(),
                "processor.commit-interval", "200ms",
                "processor.watch-timeout", "3s",
                "producer.heartbeat", "500ms"));
        settings.putAll(extra);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicAdmin(admin, catalogue()).create();
        }
    }

    static House start() {
        return start(Map.of());
    }

    /** @param extra settings for all services */
    static House start(Map<String, String> extra) {
        try {
            return new House(extra);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A house with one of each service. */
    static House complete() {
        House house = start();
        house.processor();
        house.producer();
        house.gateway();
        return house;
    }

    Simulator simulator() {
        return simulator;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    TopicCatalogue catalogue() {
        return TopicCatalogue.from(Settings.of(settings));
    }

    TapeCodec codec() {
        return new TapeCodec(SchemaRegistry.open(setting("schema.registry.url")), catalogue());
    }

    TokenProcessor processor() {
        Map<String, String> own = own("processor.http.port", "0");
        own.put(
                "processor.state-directory",
                directory.resolve("state-" + instances++).toString());
        TokenProcessor processor =
                opened(TokenProcessor.start(ProcessorConfig.from(Settings.of(own)), new SimpleMeterRegistry()));
        settings.put("gateway.processor-urls", processor.url().toString());
        return processor;
    }

    TokenProducer producer() {
        return opened(TokenProducer.start(ProducerConfig.from(Settings.of(settings)), new SimpleMeterRegistry()));
    }

    /** A gateway on any free port. */
    Gateway gateway() {
        return gateway(Map.of());
    }

    Gateway gateway(Map<String, String> extra) {
        Map<String, String> own = own("gateway.port", "0");
        own.putAll(extra);
        return opened(Gateway.start(
                GatewayConfig.from(Settings.of(own)), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }

    /** A producer in a process of its own, to be killed. */
    ServiceProcess producerProcess() {
        return process("producer", Map.of("operations.port", "0"));
    }

    /** A processor in a process of its own, to be killed. */
    ServiceProcess processorProcess(int httpPort) {
        String state = directory.resolve("state-" + instances++).toString();
        return process(
                "processor",
                Map.of(
                        "operations.port",
                        "0",
                        "processor.http.port",
                        String.valueOf(httpPort),
                        "processor.state-directory",
                        state));
    }

    /** A gateway in a process of its own, at this port. */
    ServiceProcess gatewayProcess(int port) {
        return process("gateway", Map.of("gateway.port", String.valueOf(port)));
    }

    /** What the simulator says to a prompt, word for word. */
    String said(String model, String prompt) {
        Map<String, Object> body =
                Map.of("model", model, "messages", List.of(Map.of("role", "user", "content", prompt)));
        return simulator
                .scriptFor(
                        "/v1/chat/completions",
                        Map.of(),
                        Client.JSON.valueToTree(body).toString())
                .text();
    }

    /** A port for a process that others are told of before it is there. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything on a topic, as it stands now, partition by partition. */
    List<ConsumerRecord<String, byte[]>> read(Topic topic) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(catalogue().name(topic)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    void setting(String key, String value) {
        settings.put(key, value);
    }

    String setting(String key) {
        return settings.getOrDefault(key, "");
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("a service did not close", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private ServiceProcess process(String command, Map<String, String> extra) {
        Map<String, String> own = new HashMap<>(settings);
        own.putAll(extra);
        return opened(ServiceProcess.start(command, own, directory.resolve(command + "-" + instances++ + ".log")));
    }

    private Map<String, String> own(String key, String value) {
        Map<String, String> own = new HashMap<>(settings);
        own.put(key, value);
        return own;
    }

    private <T extends AutoCloseable> T opened(T service) {
        started.push(service);
        return service;
    }
}
