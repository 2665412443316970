package dev.tokentape.standalone.settings;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the simulator's settings; it stands on its own and knows nothing of ours. */
public final class SimulatorSettings {

    private static final String NONE = "";

    /** Its own defaults, but for the port, which must not change when it runs as a service. */
    private static final Map<String, String> DEFAULTS = defaults();

    private SimulatorSettings() {}

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("host", "127.0.0.1");
        defaults.put("port", "8090");
        defaults.put("threads", Integer.toString(SimulatorConfig.defaults().threads()));
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
     * Reads them.
     *
     * @throws InvalidSettingsException naming every problem
     */
    public static SimulatorConfig read(Settings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        DEFAULTS.forEach((name, standard) -> {
            String key = SimulatorConfig.PREFIX + name;
            String value = standard.equals(NONE) ? settings.optionalText(key) : settings.text(key, standard);
            if (value != null) {
                values.put(key, value);
            }
        });
        settings.check();
        try {
            return SimulatorConfig.from(values);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingsException(List.of(String.valueOf(e.getMessage())));
        }
    }
}
