package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the settings of everything in one process differ from those of single services.
 *
 * <p>The addresses of its own parts are fixed. The rest are defaults: what the user has set, by whichever way, wins.
 * Answers come from the simulator, under the name of a provider for each API; a vendor is a provider too where its key
 * is set.
 */
final class LocalSettings {

    static final String SIMULATOR = "simulator";
    private static final String SIMULATOR_ANTHROPIC = "simulator-anthropic";
    private static final String KEY_VARIABLE = "TOKENTAPE_SIMULATOR_KEY";
    private static final String FEW_PARTITIONS = "4";

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
        given.put("schema.registry.url", data.resolve("schemas.json").toUri().toString());
        given.put("processor.state-directory", data.resolve("processor").toString());
        given.put("topics.partitions", FEW_PARTITIONS);
        given.put("producer.drain-timeout", "1s");
        given.put("processor.session-timeout", "5s");
        given.put("gateway.default-provider", SIMULATOR);
        given.put("gateway.default-model", "sim");
        given.put("providers", providers(user));
        given.keySet().removeIf(key -> user.optionalText(key) != null);
        simulator(given, SIMULATOR, "openai-chat-completions", simulatorUrl);
        simulator(given, SIMULATOR_ANTHROPIC, "anthropic-messages", simulatorUrl);
        given.put(KEY_VARIABLE, "simulated");
        given.putAll(options.settings());
        given.put("kafka.bootstrap.servers", bootstrapServers);
        given.put("processor.http.host", "127.0.0.1");
        given.put("processor.http.port", Integer.toString(processorPort));
        given.put("gateway.processor-urls", "http://127.0.0.1:" + processorPort);
        given.put("gateway.host", options.host());
        given.put("gateway.port", Integer.toString(options.port()));
        return given;
    }

    private static String providers(Settings user) {
        StringBuilder names = new StringBuilder(SIMULATOR + "," + SIMULATOR_ANTHROPIC);
        if (isSet(user.secret("OPENAI_API_KEY"))) {
            names.append(",openai");
        }
        if (isSet(user.secret("ANTHROPIC_API_KEY"))) {
            names.append(",anthropic");
        }
        return names.toString();
    }

    private static boolean isSet(@Nullable String secret) {
        return secret != null && !secret.isBlank();
    }

    private static void simulator(Map<String, String> given, String name, String api, String url) {
        given.put("provider." + name + ".api", api);
        given.put("provider." + name + ".base-url", url);
        given.put("provider." + name + ".key-variable", KEY_VARIABLE);
    }
}
