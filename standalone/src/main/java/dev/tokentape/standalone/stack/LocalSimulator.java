package dev.tokentape.standalone.stack;

import dev.tokentape.cli.settings.SimulatorSettings;
import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.util.List;

/** The simulator as the settings of this process want it. */
public final class LocalSimulator {

    private LocalSimulator() {}

    /**
     * Reads its settings.
     *
     * @throws InvalidSettingsException naming every problem
     */
    public static SimulatorConfig configuration(Settings settings) {
        try {
            return SimulatorConfig.from(SimulatorSettings.values(settings));
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingsException(List.of(String.valueOf(e.getMessage())));
        }
    }
}
