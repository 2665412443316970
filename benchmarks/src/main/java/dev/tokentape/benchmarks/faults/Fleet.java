package dev.tokentape.benchmarks.faults;

import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.standalone.Standalone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An installation with every service in a process of its own: a broker, the simulator, and two each of processors,
 * producers and gateways, with the settings that they have by default. What is replaced comes back on the same ports
 * and folders.
 */
final class Fleet implements AutoCloseable {

    static final int OF_EACH = 2;

    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Map<String, String> PROGRESS = Map.of("LOG_LEVEL", "WARN");

    private final Path folder;
    private final @Nullable Path logs;
    private final Map<String, String> settings = new HashMap<>();
    private final int brokerPort = freePort();
    private final int simulatorPort = freePort();
    private final List<Integer> processorPorts = List.of(freePort(), freePort());
    private final List<Integer> gatewayPorts = List.of(freePort(), freePort());
    private final List<ServiceChild> processors = new ArrayList<>();
    private final List<ServiceChild> producers = new ArrayList<>();
    private final List<ServiceChild> gateways = new ArrayList<>();
    private final ServiceChild simulator;
    private ServiceChild broker;

    private Fleet(Path folder, @Nullable Path logs) throws InterruptedException {
        this.folder = folder;
        this.logs = logs;
        String simulatorUrl = "http://127.0.0.1:" + simulatorPort;
        settings.putAll(Map.of(
                "kafka.bootstrap.servers",
                "127.0.0.1:" + brokerPort,
                "schema.registry.url",
                folder.resolve("schemas.json").toUri().toString(),
                "topics.partitions",
                Integer.toString(PARTITIONS),
                "provider.openai.base-url",
                simulatorUrl,
                "gateway.processor-urls",
                "http://127.0.0.1:%d,http://127.0.0.1:%d".formatted(processorPorts.get(0), processorPorts.get(1)),
                "operations.port",
                "0"));
        broker = startBroker();
        simulator = service("simulator", Map.of("simulator.port", Integer.toString(simulatorPort)));
        try {
            awaitReady(broker);
            createTopics(settings);
            // One after another: a busy machine has no time for six starts at once.
            for (int i = 0; i < OF_EACH; i++) {
                processors.add(processor(i));
                awaitReady(processors.getLast());
                producers.add(producer());
                awaitReady(producers.getLast());
                gateways.add(gateway(i));
                awaitReady(gateways.getLast());
            }
            awaitReady(simulator);
        } catch (RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts all of it, and returns when all are ready.
     *
     * @param logs where what the processes say is kept; null for nowhere
     */
    static Fleet start(Path folder, @Nullable Path logs) throws InterruptedException {
        return new Fleet(folder, logs);
    }

    Settings settings() {
        return Settings.of(settings);
    }

    String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    TopicCatalogue topics() {
        return TopicCatalogue.from(settings());
    }

    /** A client that begins at one of the gateways, and knows the other. */
    TapeClient client(int first) {
        return new TapeClient(List.of(gatewayUrl(first % OF_EACH), gatewayUrl((first + 1) % OF_EACH)), null);
    }

    private URI gatewayUrl(int which) {
        return URI.create("http://127.0.0.1:" + gatewayPorts.get(which));
    }

    List<ServiceChild> processors() {
        return processors;
    }

    List<ServiceChild> producers() {
        return producers;
    }

    List<ServiceChild> gateways() {
        return gateways;
    }

    ServiceChild broker() {
        return broker;
    }

    /** Begins to start another in the place of one that was killed. */
    void replaceProcessor(int which) {
        processors.set(which, processor(which));
    }

    void replaceProducer(int which) {
        producers.set(which, producer());
    }

    void replaceGateway(int which) {
        gateways.set(which, gateway(which));
    }

    void replaceBroker() {
        broker = startBroker();
    }

    /** Starts a service with these settings beside those of all; see {@link #elsewhere}. */
    ServiceChild service(String command, Map<String, String> further) {
        return service(command, List.of(), further);
    }

    private ServiceChild service(String command, List<String> options, Map<String, String> further) {
        Map<String, String> environment = new HashMap<>(PROGRESS);
        settings.forEach((key, value) -> environment.put(Settings.variableOf(key), value));
        further.forEach((key, value) -> environment.put(Settings.variableOf(key), value));
        List<String> arguments = new ArrayList<>(List.of(command, "-v"));
        arguments.addAll(options);
        return ServiceChild.start(command, Standalone.class, arguments, environment, logs);
    }

    /** Settings of an installation beside this one, on the same broker. */
    Map<String, String> elsewhere(String name, String registryUrl) {
        return Map.of(
                "schema.registry.url",
                registryUrl,
                "topics.prefix",
                name + ".",
                "producer.group",
                name,
                "processor.state-directory",
                folder.resolve(name).toString(),
                "processor.http.port",
                "0",
                "gateway.port",
                "0");
    }

    ServiceChild createTopics(Map<String, String> further) throws InterruptedException {
        ServiceChild topics = service("topics", List.of("--create"), further);
        topics.await(line -> line.startsWith("all "), PATIENCE);
        return topics;
    }

    ServiceChild creatingTopics(Map<String, String> further) {
        return service("topics", List.of("--create"), further);
    }

    void awaitAll() throws InterruptedException {
        awaitReady(broker);
        for (List<ServiceChild> kind : List.of(processors, producers, gateways)) {
            for (ServiceChild child : kind) {
                awaitReady(child);
            }
        }
        awaitReady(simulator);
    }

    static ServiceChild.Line awaitReady(ServiceChild child) throws InterruptedException {
        return child.await(Fleet::saysReady, PATIENCE);
    }

    static boolean saysReady(String line) {
        return line.contains(" ready") && !line.contains(" INFO ") && !line.contains(" WARN ");
    }

    private ServiceChild startBroker() {
        return ServiceChild.start(
                "broker",
                BrokerMain.class,
                List.of(folder.resolve("kafka").toString(), Integer.toString(brokerPort)),
                Map.of(),
                logs);
    }

    private ServiceChild processor(int which) {
        return service(
                "processor",
                Map.of(
                        "processor.http.port",
                        Integer.toString(processorPorts.get(which)),
                        "processor.state-directory",
                        folder.resolve("processor-" + which).toString()));
    }

    private ServiceChild producer() {
        return service("producer", Map.of());
    }

    private ServiceChild gateway(int which) {
        return service("gateway", Map.of("gateway.port", Integer.toString(gatewayPorts.get(which))));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all at once: nothing of it is needed afterwards. */
    @Override
    public void close() {
        List<ServiceChild> all = new ArrayList<>(gateways);
        all.addAll(producers);
        all.addAll(processors);
        all.add(simulator);
        all.add(broker);
        try {
            for (ServiceChild child : all) {
                child.kill();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
