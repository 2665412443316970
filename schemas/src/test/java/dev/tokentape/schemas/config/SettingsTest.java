package dev.tokentape.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @Test
    void givenValuesGoBeforeEnvironmentBeforeFileBeforeDefaults() {
        Settings settings = new Settings(
                Map.of("a", "given"),
                Map.of("TOKENTAPE_A", "environment", "TOKENTAPE_B", "environment"),
                Map.of("a", "file", "b", "file", "c", "file"));

        assertThat(settings.text("a", "default")).isEqualTo("given");
        assertThat(settings.text("b", "default")).isEqualTo("environment");
        assertThat(settings.text("c", "default")).isEqualTo("file");
        assertThat(settings.text("d", "default")).isEqualTo("default");
    }

    @Test
    void aKeyHasOneEnvironmentVariable() {
        assertThat(Settings.variableOf("gateway.max-connections")).isEqualTo("TOKENTAPE_GATEWAY_MAX_CONNECTIONS");
        assertThat(Settings.variableOf("kafka.bootstrap.servers")).isEqualTo("KAFKA_BOOTSTRAP_SERVERS");
        assertThat(Settings.variableOf("schema.registry.url")).isEqualTo("SCHEMA_REGISTRY_URL");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        // Given
        Settings settings = Settings.of(Map.of("port", "seventy", "limit", "0", "on", "maybe", "wait", "3 weeks"));
        settings.integer("port", 80, 0, 65_535);
        settings.integer("limit", 10, 1, 100);
        settings.flag("on", true);
        settings.duration("wait", Duration.ofSeconds(1));

        // Then
        assertThatThrownBy(settings::check)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("port (TOKENTAPE_PORT) is 'seventy'")
                .hasMessageContaining("expected 1 to 100")
                .hasMessageContaining("expected true or false")
                .hasMessageContaining("500ms");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0ms",
        "500,500ms",
        "1500,1500ms",
        "10000,10s",
        "90000,90s",
        "900000,15m",
        "7200000,2h",
        "604800000,7d"
    })
    void aDefaultTimeIsDescribedAsItWouldBeWritten(long millis, String written) {
        // Given
        Settings settings = Settings.of(Map.of());

        // When
        settings.duration("t", Duration.ofMillis(millis));

        // Then
        assertThat(settings.describe()).containsEntry("t", written);
        assertThat(Settings.of(Map.of("t", written)).duration("t", Duration.ofDays(1)))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void itTellsWhatWasGivenFromWhere() {
        // When
        Settings settings =
                new Settings(Map.of("a", "1"), Map.of("TOKENTAPE_B", "1", "PATH", "/bin"), Map.of("c", "1"));

        // Then
        assertThat(settings.givenFrom(Settings.Source.COMMAND_LINE)).containsExactly("a");
        assertThat(settings.givenFrom(Settings.Source.ENVIRONMENT)).containsExactly("TOKENTAPE_B");
        assertThat(settings.givenFrom(Settings.Source.FILE)).containsExactly("c");
    }

    @ParameterizedTest
    @CsvSource({"250us,PT0.00025S", "500ms,PT0.5S", "10s,PT10S", "5m,PT5M", "1h,PT1H", "7d,PT168H", "PT3S,PT3S"})
    void timesAreWrittenAsPeopleWriteThem(String written, Duration meant) {
        Settings settings = Settings.of(Map.of("t", written));

        assertThat(settings.duration("t", Duration.ZERO)).isEqualTo(meant);
        settings.check();
    }

    @Test
    void aSecretIsReadButNeverDescribed() {
        // Given
        Settings settings = new Settings(
                Map.of("kafka.ssl.keystore.password", "hunter2", "kafka.client.id", "x"),
                Map.of("OPENAI_API_KEY", "sk-verysecret"),
                Map.of());

        // When
        String key = settings.secret("OPENAI_API_KEY");
        settings.under("kafka.");

        // Then
        assertThat(key).isEqualTo("sk-verysecret");
        assertThat(settings.describe().toString())
                .doesNotContain("verysecret")
                .doesNotContain("hunter2")
                .contains("OPENAI_API_KEY=(set)")
                .contains("kafka.client.id=x");
    }
}
