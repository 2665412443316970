package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalSimulatorTest {

    @Test
    void theDefaultsAreTheSimulatorsOwn() {
        assertThat(LocalSimulator.configuration(Settings.of(Map.of())))
                .isEqualTo(SimulatorConfig.defaults().withPort(8090));
    }

    @Test
    void everySettingOfTheSimulatorReachesIt() {
        // When a value that the simulator alone can judge is wrong
        Settings settings = Settings.of(Map.of("simulator.fault", "no-such-fault"));

        // Then it is told in the simulator's words
        assertThatThrownBy(() -> LocalSimulator.configuration(settings))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("no-such-fault");
    }
}
