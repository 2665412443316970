package dev.tokentape.cli.settings;

import dev.tokentape.cli.operations.OperationsServer;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.processor.ProcessorConfig;
import dev.tokentape.producer.ProducerConfig;
import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A service, or another reader of settings, with the settings that it reads: found by letting it read them. */
public enum Service {
    GATEWAY(GatewayConfig::from),
    PRODUCER(settings -> {
        OperationsServer.Address.ofProducer(settings);
        ProducerConfig.from(settings);
    }),
    PROCESSOR(settings -> {
        OperationsServer.Address.ofProcessor(settings);
        ProcessorConfig.from(settings);
    }),
    SIMULATOR(SimulatorSettings::values),
    TOPICS(settings -> {
        TopicCatalogue.from(settings);
        KafkaSettings.from(settings);
        settings.text("schema.registry.url", "http://localhost:8085");
        settings.check();
    });

    private static final Pattern SECRET = Pattern.compile("[A-Z][A-Z0-9_]*");

    private final Consumer<Settings> reading;

    Service(Consumer<Settings> reading) {
        this.reading = reading;
    }

    /** Its name on the command line. */
    public String command() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads everything it would read at its start.
     *
     * @throws InvalidSettingsException naming every problem
     */
    public void read(Settings settings) {
        reading.accept(settings);
    }

    /** The keys of its settings with their defaults. */
    public Map<String, String> defaults() {
        return described(Settings.of(Map.of()));
    }

    /** The keys of its settings with their defaults, those of these providers among them. */
    public Map<String, String> defaults(Collection<String> providers) {
        return described(Settings.of(Map.of("providers", String.join(",", providers))));
    }

    private Map<String, String> described(Settings settings) {
        try {
            read(settings);
        } catch (InvalidSettingsException _) {
            // What must be set and is not: the settings there are, are shown all the same.
        }
        Map<String, String> keys = new TreeMap<>(settings.describe());
        keys.keySet().removeIf(key -> SECRET.matcher(key).matches());
        return keys;
    }
}
