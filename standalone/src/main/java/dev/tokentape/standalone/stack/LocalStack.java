package dev.tokentape.standalone.stack;

import dev.tokentape.cli.console.Unfinished;
import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.gateway.Gateway;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.processor.TokenProcessor;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.producer.TokenProducer;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.lifecycle.CloseStack;
import dev.tokentape.schemas.topic.TopicCatalogue;
import dev.tokentape.simulator.Simulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in one process: broker, simulator, processor, producer and gateway, started side by side where one does
 * not need the other.
 */
public final class LocalStack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalStack.class);

    private static final String KAFKA_HOST = "127.0.0.1";
    private static final String PREFIX = "topics.prefix";

    private final CloseStack parts;
    private final EmbeddedKafka kafka;
    private final TokenProducer producer;
    private final Gateway gateway;
    private final Settings settings;
    private final List<String> simulated;
    private final Simulator simulator;
    private final String rules;

    private LocalStack(
            CloseStack parts,
            EmbeddedKafka kafka,
            TokenProducer producer,
            Gateway gateway,
            Settings settings,
            List<String> simulated,
            Simulator simulator,
            String rules) {
        this.parts = parts;
        this.kafka = kafka;
        this.producer = producer;
        this.gateway = gateway;
        this.settings = settings;
        this.simulated = simulated;
        this.simulator = simulator;
        this.rules = rules;
    }

    /**
     * Starts everything and returns when questions can be asked.
     *
     * @param closing is told at once what to close should the process end, be it while all is still starting
     * @throws RuntimeException what the first part that failed threw; nothing is left running then
     */
    public static LocalStack start(StackOptions options, Progress progress, Consumer<AutoCloseable> closing) {
        Ports.requireFree(options.host(), options.port(), "--port");
        Ports.requireFree(KAFKA_HOST, options.kafkaPort(), "--kafka-port");
        DataFolder folder = DataFolder.create(options.data());
        CloseStack parts = new CloseStack();
        closing.accept(parts);
        try {
            return start(options, progress, parts);
        } catch (CompletionException e) {
            parts.close();
            folder.forget();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } catch (RuntimeException e) {
            parts.close();
            folder.forget();
            throw e;
        }
    }

    private static LocalStack start(StackOptions options, Progress progress, CloseStack parts) {
        Settings user = Settings.ofProcess(options.settings());
        HalfSetKeys.of(user)
                .forEach((vendor, lacking) -> log.atWarn()
                        .addKeyValue("provider", vendor)
                        .addKeyValue("lacks", lacking)
                        .log("a provider is left out, since only a part of its key is set"));
        boolean recovering = EmbeddedKafka.mustRecover(kafkaFolder(options));
        if (recovering) {
            progress.because("the last run did not come to its end: Kafka recovers what it left");
        }
        CompletableFuture<EmbeddedKafka> kafka =
                timed("Kafka", progress, () -> parts.push("broker", startKafka(options)));
        CompletableFuture<Simulator> simulator = timed(
                "simulator",
                progress,
                () -> parts.push(
                        "simulator",
                        Simulator.start(LocalSimulator.configuration(user)
                                .withHost(KAFKA_HOST)
                                .withPort(0))));
        CompletableFuture.allOf(kafka, simulator).join();
        parts.push("lock files", () -> LockFiles.delete(options.data()));

        String bootstrapServers = kafka.join().bootstrapServers();
        Map<String, String> settings = LocalSettings.of(
                options, user, bootstrapServers, simulator.join().baseUrl(), Ports.free());
        timed("topics", progress, () -> {
                    LocalTopics.prepare(bootstrapServers, TopicCatalogue.from(Settings.ofProcess(settings)));
                    if (recovering) {
                        LocalTopics.forgetMembers(bootstrapServers);
                    }
                    return settings;
                })
                .join();

        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        parts.<AutoCloseable>push("meters", meters::close);
        CompletableFuture<StartRules.Seen> rules = timed(
                "rules",
                progress,
                () -> options.rules()
                        .see(
                                KafkaSettings.from(Settings.ofProcess(settings)),
                                TopicCatalogue.from(Settings.ofProcess(settings))));
        CompletableFuture<TokenProcessor> processor = timed(
                "processor",
                progress,
                () -> parts.push("processor", startProcessor(settings, meters, options.rules())));
        CompletableFuture<TokenProducer> producer = timed(
                "producer",
                progress,
                () -> parts.push(
                        "producer", TokenProducer.start(ProducerConfig.from(Settings.ofProcess(settings)), meters)));
        CompletableFuture<Gateway> gateway = timed(
                "gateway",
                progress,
                () -> parts.push("gateway", Gateway.start(GatewayConfig.from(Settings.ofProcess(settings)), meters)));
        CompletableFuture.allOf(rules, processor, producer, gateway).join();
        // So that it knows them when the first question comes.
        String version = rules.join().version();
        if (version != null) {
            processor.join().awaitRules(version);
        }
        return new LocalStack(
                parts,
                kafka.join(),
                producer.join(),
                gateway.join(),
                Settings.ofProcess(settings),
                LocalSettings.simulated(user),
                simulator.join(),
                rules.join().told());
    }

    private static TokenProcessor startProcessor(
            Map<String, String> settings, PrometheusMeterRegistry meters, StartRules rules) {
        ProcessorConfig config = ProcessorConfig.from(Settings.ofProcess(settings));
        return rules instanceof StartRules.AsTheyAre
                ? TokenProcessor.start(config, meters)
                : TokenProcessor.startBesideRules(config, meters);
    }

    private static EmbeddedKafka startKafka(StackOptions options) {
        return LocalBroker.start(EmbeddedKafkaConfig.in(kafkaFolder(options))
                .withHost(KAFKA_HOST)
                .withPort(options.kafkaPort())
                .withUsedBy(options.usedBy()));
    }

    private static Path kafkaFolder(StackOptions options) {
        return options.data().resolve("kafka");
    }

    private static <T> CompletableFuture<T> timed(String part, Progress progress, Callable<T> start) {
        CompletableFuture<T> started = new CompletableFuture<>();
        Thread.ofPlatform().name("start-" + part).daemon().start(() -> {
            long from = System.nanoTime();
            progress.starting(part);
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

    /** The environment variables with which single services, or {@code topics}, find the broker and its schemas. */
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        variables.put("SCHEMA_REGISTRY_URL", settings.text(LocalSettings.REGISTRY, ""));
        String prefix = settings.givenValue(PREFIX);
        if (prefix != null) {
            variables.put(Settings.variableOf(PREFIX), prefix);
        }
        return variables;
    }

    /** What closing waits for, in a few words; empty for nothing. */
    public String unfinished() {
        return Unfinished.answers(
                producer.activeRuns(), ProducerConfig.from(settings).drainTimeout());
    }

    /** Name of the provider that is the simulator, speaking as OpenAI's API. */
    public String simulatedProvider() {
        return LocalSettings.SIMULATOR;
    }

    /** Where the simulator listens. */
    public URI simulatorUrl() {
        return URI.create(simulator.baseUrl());
    }

    /** How this stack's broker is reached. */
    public KafkaSettings kafka() {
        return KafkaSettings.from(settings);
    }

    /** The topics of this stack. */
    public TopicCatalogue topics() {
        return TopicCatalogue.from(settings);
    }

    /** Which moderation rules are in force since the start, for people. */
    public String rules() {
        return rules;
    }

    /** Names of the vendors that are called themselves. */
    public List<String> calledVendors() {
        return ProvidersConfig.known().keySet().stream()
                .filter(vendor -> !simulated.contains(vendor))
                .toList();
    }

    /** The provider for whoever names none. */
    public String defaultProvider() {
        return GatewayConfig.from(settings).defaultProvider();
    }

    /** The models for whoever names none, by provider. */
    public Map<String, String> defaultModels() {
        return GatewayConfig.defaultModels(settings);
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
