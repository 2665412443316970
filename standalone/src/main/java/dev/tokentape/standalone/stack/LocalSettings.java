package dev.tokentape.standalone.stack;

import dev.tokentape.cli.settings.Service;
import dev.tokentape.gateway.GatewayConfig;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.provider.KnownProvider;
import dev.tokentape.schemas.provider.KnownProviders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the settings of everything in one process differ from those of single services.
 *
 * <p>The addresses of its own parts are fixed. The rest are defaults: what the user has set, by whichever way, wins.
 * Every vendor is a provider from the start: where its key is set it is called, and where neither key nor address is,
 * the simulator plays it. Who names no provider asks the first that is called itself. The provider {@code simulator} is
 * always the simulator.
 */
final class LocalSettings {

    static final String SIMULATOR = "simulator";

    /** What is not for users to choose here: the addresses of its own parts. */
    static final Set<String> FIXED = Set.of(
            "kafka.bootstrap.servers",
            "processor.http.host",
            "processor.http.port",
            "processor.advertised-url",
            "gateway.processor-urls",
            "simulator.host",
            "simulator.port",
            "operations.host",
            "operations.port");

    private static final String KEY_VARIABLE = "TOKENTAPE_SIMULATOR_KEY";
    static final String REGISTRY = "schema.registry.url";

    private static final String FEW_PARTITIONS = "4";
    private static final String DEFAULT_PROVIDER = "gateway.default-provider";
    private static final String DEFAULT_MODELS = "gateway.default-models";
    private static final String BEDROCK = "bedrock";

    /**
     * Prefix of Bedrock's inference profiles, by the first word of a region (AWS, "Supported Regions and models for
     * inference profiles").
     */
    private static final Map<String, String> BEDROCK_PROFILES = Map.of("us", "us", "eu", "eu", "ap", "apac");

    private LocalSettings() {}

    /**
     * The settings to give to every part.
     *
     * @param user what the user has set
     */
    static Map<String, String> of(
            StackOptions options, Settings user, String bootstrapServers, String simulatorUrl, int processorPort) {
        Map<String, String> given = new LinkedHashMap<>();
        Path data = options.data();
        given.put(REGISTRY, data.resolve("schemas.json").toUri().toString());
        given.put("processor.state-directory", data.resolve("processor").toString());
        given.put("topics.partitions", FEW_PARTITIONS);
        given.put("producer.drain-timeout", "1s");
        given.put(DEFAULT_PROVIDER, defaultProvider(user));
        Set<String> vendors = new LinkedHashSet<>(ProvidersConfig.known().keySet());
        vendors.removeAll(HalfSetKeys.of(user).keySet());
        given.put("providers", SIMULATOR + "," + String.join(",", vendors));
        given.keySet().removeIf(key -> user.givenValue(key) != null);
        given.put("provider." + SIMULATOR + ".api", "openai-chat-completions");
        simulate(given, SIMULATOR, simulatorUrl);
        simulated(user).forEach(vendor -> simulate(given, vendor, simulatorUrl + simulatedPath(vendor)));
        given.put(KEY_VARIABLE, "simulated");
        given.putAll(options.settings());
        given.put(DEFAULT_MODELS, String.join(",", defaultModels(user)));
        given.put("kafka.bootstrap.servers", bootstrapServers);
        given.put("processor.http.host", "127.0.0.1");
        given.put("processor.http.port", Integer.toString(processorPort));
        given.put("gateway.processor-urls", "http://127.0.0.1:" + processorPort);
        given.put("gateway.host", options.host());
        given.put("gateway.port", Integer.toString(options.port()));
        return given;
    }

    /**
     * Reads the settings of every part, before anything has been started.
     *
     * @return all of them with their values, but for {@link #FIXED}
     * @throws InvalidSettingsException naming every problem of every part
     */
    static Map<String, String> check(StackOptions options, Settings user) {
        Set<String> problems = new LinkedHashSet<>();
        Map<String, String> described = new TreeMap<>();
        collect(problems, user::check);
        Map<String, String> all = of(options, user, "127.0.0.1:1", "http://127.0.0.1:1", 0);
        for (Service part : Service.values()) {
            Settings settings = Settings.ofProcess(all);
            collect(problems, () -> part.read(settings));
            described.putAll(settings.describe());
        }
        collect(problems, () -> LocalSimulator.configuration(Settings.ofProcess(all)));
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(List.copyOf(problems));
        }
        described.keySet().removeAll(FIXED);
        return described;
    }

    private static void collect(Set<String> problems, Runnable reading) {
        try {
            reading.run();
        } catch (InvalidSettingsException e) {
            String.valueOf(e.getMessage()).lines().forEach(problems::add);
        }
    }

    /** The vendors that the simulator plays: those with neither key nor address. */
    static List<String> simulated(Settings user) {
        return ProvidersConfig.known().entrySet().stream()
                .filter(vendor -> vendor.getValue().stream().allMatch(variable -> user.secret(variable) == null)
                        && user.givenValue("provider." + vendor.getKey() + ".base-url") == null)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The vendors that are called themselves: those of which all is set that a call needs. */
    static List<String> called(Settings user) {
        Set<String> others = new HashSet<>(simulated(user));
        others.addAll(HalfSetKeys.of(user).keySet());
        return ProvidersConfig.known().keySet().stream()
                .filter(vendor -> !others.contains(vendor))
                .toList();
    }

    /**
     * The first vendor that is called itself and has a default model, in the order of those known; else the simulator.
     */
    static String defaultProvider(Settings user) {
        Set<String> withModel = new HashSet<>(GatewayConfig.defaultModels(user).keySet());
        if (bedrockModel(user) != null) {
            withModel.add(BEDROCK);
        }
        return called(user).stream().filter(withModel::contains).findFirst().orElse(SIMULATOR);
    }

    /** What the user has set comes last, and so wins. */
    private static List<String> defaultModels(Settings user) {
        List<String> models = new ArrayList<>();
        models.add(SIMULATOR + "=sim");
        List<String> simulated = simulated(user);
        simulated.forEach(vendor -> models.add(vendor + "=sim"));
        String bedrock = bedrockModel(user);
        if (bedrock != null && called(user).contains(BEDROCK)) {
            models.add(BEDROCK + "=" + bedrock);
        }
        models.addAll(user.list(DEFAULT_MODELS, ""));
        return models;
    }

    /**
     * Which models there are depends on the region: Nova Lite is had in most, by the profile of the region's continent.
     */
    private static @Nullable String bedrockModel(Settings user) {
        return Stream.of(
                        user.givenValue("provider." + BEDROCK + ".region"),
                        user.secret("AWS_REGION"),
                        user.secret("AWS_DEFAULT_REGION"))
                .filter(Objects::nonNull)
                .findFirst()
                .filter(region -> !region.startsWith("us-gov-"))
                .map(region -> BEDROCK_PROFILES.get(region.replaceAll("-.*", "")))
                .map(profile -> profile + ".amazon.nova-lite-v1:0")
                .orElse(null);
    }

    private static String simulatedPath(String vendor) {
        return KnownProviders.named(vendor).map(KnownProvider::simulatedPath).orElse("");
    }

    private static void simulate(Map<String, String> given, String name, String url) {
        given.put("provider." + name + ".base-url", url);
        given.put("provider." + name + ".key-variable", KEY_VARIABLE);
    }
}
