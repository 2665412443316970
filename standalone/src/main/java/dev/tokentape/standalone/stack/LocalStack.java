package dev.tokentape.standalone.stack;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.SimulatorConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Everything in one process: broker, simulator, processor, producer and gateway, started side by side where one does not
 * need the other.
 */
public final class LocalStack implements AutoCloseable {

    private final Parts parts;
    private final EmbeddedKafka kafka;
    private final Gateway gateway;
    private final List<String> simulated;

    private LocalStack(Parts parts, EmbeddedKafka kafka, Gateway gateway, List<String> simulated) {
        this.parts = parts;
        this.kafka = kafka;
        this.gateway = gateway;
        this.simulated = simulated;
    }

    /**
     * Starts everything and returns when questions can be asked.
     *
     * @param closing is told at once what to close should the process end, be it while all is still starting
     * @throws RuntimeException what the first part that failed threw; nothing is left running then
     */
    public static LocalStack start(StackOptions options, Progress progress, Consumer<AutoCloseable> closing) {
        Parts parts = new Parts();
        closing.accept(parts);
        try {
            return start(options, progress, parts);
        } catch (CompletionException e) {
            parts.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static LocalStack start(StackOptions options, Progress progress, Parts parts) {
        Ports.requireFree(options.host(), options.port());
        createFolder(options.data());
        CompletableFuture<EmbeddedKafka> kafka =
                timed("Kafka", progress, () -> parts.add("broker", startKafka(options)));
        CompletableFuture<Simulator> simulator =
                timed("simulator", progress, () -> parts.add("simulator", Simulator.start(SimulatorConfig.defaults())));
        CompletableFuture.allOf(kafka, simulator).join();
        parts.add("lock files", () -> LockFiles.delete(options.data()));

        Settings user = Settings.ofProcess(options.settings());
        Map<String, String> settings = LocalSettings.of(
                options, user, kafka.join().bootstrapServers(), simulator.join().baseUrl(), Ports.free());
        timed("topics", progress, () -> {
                    LocalTopics.prepare(
                            kafka.join().bootstrapServers(), TopicCatalogue.from(Settings.ofProcess(settings)));
                    return settings;
                })
                .join();

        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        parts.<AutoCloseable>add("meters", meters::close);
        CompletableFuture<TokenProcessor> processor = timed(
                "processor",
                progress,
                () -> parts.add(
                        "processor", TokenProcessor.start(ProcessorConfig.from(Settings.ofProcess(settings)), meters)));
        CompletableFuture<TokenProducer> producer = timed(
                "producer",
                progress,
                () -> parts.add(
                        "producer", TokenProducer.start(ProducerConfig.from(Settings.ofProcess(settings)), meters)));
        CompletableFuture<Gateway> gateway = timed(
                "gateway",
                progress,
                () -> parts.add("gateway", Gateway.start(GatewayConfig.from(Settings.ofProcess(settings)), meters)));
        CompletableFuture.allOf(processor, producer, gateway).join();
        return new LocalStack(parts, kafka.join(), gateway.join(), LocalSettings.simulated(user));
    }

    private static EmbeddedKafka startKafka(StackOptions options) {
        return EmbeddedKafka.start(EmbeddedKafkaConfig.in(options.data().resolve("kafka"))
                .withPort(options.kafkaPort())
                .withUsedBy(options.usedBy()));
    }

    private static void createFolder(Path data) {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the data folder " + data + " cannot be created (" + e + "). Choose another with --data.", e);
        }
    }

    private static <T> CompletableFuture<T> timed(String part, Progress progress, Callable<T> start) {
        CompletableFuture<T> started = new CompletableFuture<>();
        Thread.ofPlatform().name("start-" + part).daemon().start(() -> {
            long from = System.nanoTime();
            try {
                T running = start.call();
                progress.started(part, Duration.ofNanos(System.nanoTime() - from));
                started.complete(running);
            } catch (Throwable e) {
                started.completeExceptionally(e);
            }
        });
        return started;
    }

    /** Where the gateway listens. */
    public URI url() {
        return gateway.url();
    }

    /** Where the embedded broker listens. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Name of the provider that is the simulator, speaking as OpenAI's API. */
    public String simulatedProvider() {
        return LocalSettings.SIMULATOR;
    }

    /** Names of the vendors that the simulator plays, since their keys are not set. */
    public List<String> simulatedVendors() {
        return simulated;
    }

    /** Completes if the broker breaks; the process should then end. */
    public CompletionStage<Throwable> failure() {
        return kafka.failure();
    }

    /** Closes everything, in the reverse order of its start. Further calls do nothing. */
    @Override
    public void close() {
        parts.close();
    }
}
