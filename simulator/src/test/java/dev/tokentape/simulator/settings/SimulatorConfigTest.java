package dev.tokentape.simulator.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatorConfigTest {

    @Test
    void settingsAreReadByTheirKeys() {
        // When
        var config = SimulatorConfig.from(Map.of(
                "simulator.port", "8090",
                "simulator.host", "0.0.0.0",
                "simulator.ttft", "5",
                "simulator.tps", "100",
                "simulator.tokens", "3..4",
                "simulator.fault", "stall@9",
                "simulator.require-key", "secret-value",
                "gateway.port", "not ours"));

        // Then
        assertThat(config.port()).isEqualTo(8090);
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.calls().timeToFirstTokenMillis()).isEqualTo(5);
        assertThat(config.calls().tokensPerSecond()).isEqualTo(100);
        assertThat(config.calls().minTokens()).isEqualTo(3);
        assertThat(config.calls().faults()).containsExactly(new Fault.Stall(9));
        assertThat(config.requiredKey()).isEqualTo("secret-value");
        assertThat(config.toString()).doesNotContain("secret-value");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        assertThatThrownBy(() -> SimulatorConfig.from(Map.of(
                        "simulator.port", "70000",
                        "simulator.tps", "many",
                        "simulator.colour", "red",
                        "simulator.replay", "no-such-file.sse")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port=70000")
                .hasMessageContaining("tps=many")
                .hasMessageContaining("simulator.colour is no setting")
                .hasMessageContaining("no-such-file.sse");
    }
}
