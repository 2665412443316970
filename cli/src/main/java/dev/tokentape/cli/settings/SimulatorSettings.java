package dev.tokentape.cli.settings;

import dev.tokentape.schemas.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which settings the simulator has; what they mean it knows itself, and nothing of ours. */
public final class SimulatorSettings {

    private static final String PREFIX = "simulator.";
    private static final String NONE = "";

    /** Its own defaults, but for the port, which must not change when it runs as a service. */
    private static final Map<String, String> DEFAULTS = defaults();

    private SimulatorSettings() {}

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("host", "127.0.0.1");
        defaults.put("port", "8090");
        defaults.put("threads", NONE);
        defaults.put("call-log", "10000");
        defaults.put("require-key", NONE);
        defaults.put("flagged-words", NONE);
        defaults.put("replay", NONE);
        defaults.put("ttft", "300");
        defaults.put("tps", "40");
        defaults.put("jitter", "0.2");
        defaults.put("tokens", "80..240");
        defaults.put("think", "0");
        defaults.put("seed", "1");
        defaults.put("stop", "end");
        defaults.put("retry-after", "1");
        defaults.put("fault", NONE);
        defaults.put("dialect", NONE);
        defaults.put("strict", "true");
        return defaults;
    }

    /**
     * What was given and, where nothing was, the default, by key.
     *
     * @throws dev.tokentape.schemas.config.InvalidSettingsException naming every problem
     */
    public static Map<String, String> values(Settings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        DEFAULTS.forEach((name, standard) -> {
            String key = PREFIX + name;
            String value = standard.equals(NONE) ? settings.optionalText(key) : settings.text(key, standard);
            if (value != null) {
                values.put(key, value);
            }
        });
        settings.check();
        return values;
    }
}
