package dev.tokentape.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingCheckTest {

    private final List<String> warnings = new ArrayList<>();

    private void check(Settings settings, Service... readers) {
        SettingCheck.check(settings, List.of(readers), warnings::add);
        settings.check();
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.prt,gateway.port",
        "processor.thread,processor.threads",
        "provider.opnai.base-url,provider.openai.base-url",
        "provider.openai.baseurl,provider.openai.base-url",
        "simulator.tsp,simulator.tps",
        "operations.prot,operations.port",
        "topics.partition,topics.partitions",
        "kafka.bootstrap.server,kafka.bootstrap.servers",
        "kafka.sasl.mechanisms,kafka.sasl.mechanism"
    })
    void aSlipOnTheCommandLineIsNamedWithWhatWasMeant(String written, String meant) {
        // Given
        Settings settings = Settings.of(Map.of(written, "1"));

        // When
        assertThatThrownBy(() -> check(settings, Service.values()))

                // Then
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage("--set " + written + " is no setting; did you mean " + meant + "?");
    }

    @Test
    void aSlipInTheFileOrTheEnvironmentIsNamedToo() {
        // Given
        Settings settings = new Settings(
                Map.of(), Map.of("TOKENTAPE_GATEWAY_PRT", "1", "PATH", "/bin"), Map.of("gatway.host", "::1"));

        // When
        assertThatThrownBy(() -> check(settings, Service.PRODUCER))

                // Then
                .hasMessageContaining("gatway.host in the file of TOKENTAPE_CONFIG")
                .hasMessageContaining("did you mean gateway.host?")
                .hasMessageContaining("TOKENTAPE_GATEWAY_PRT")
                .hasMessageContaining("did you mean TOKENTAPE_GATEWAY_PORT?");
    }

    @Test
    void oneFileAndOneEnvironmentServeAllServices() {
        // Given
        Settings settings = new Settings(
                Map.of(),
                Map.of("TOKENTAPE_PROCESSOR_THREADS", "2", "TOKENTAPE_PROVIDER_OPENAI_RESPONSES_BASE_URL", "http://a"),
                Map.of("gateway.port", "1", "provider.bedrock.region", "eu-central-1", "simulator.tps", "5"));

        // When
        check(settings, Service.PRODUCER);

        // Then
        assertThat(warnings).isEmpty();
    }

    @Test
    void aSettingOfAnotherServiceOnTheCommandLineIsSaidToHaveNoEffect() {
        // When
        check(Settings.of(Map.of("gateway.port", "1", "producer.max-runs", "1")), Service.PRODUCER);

        // Then
        assertThat(warnings).containsExactly("--set gateway.port has no effect here: it is a setting of gateway");
    }

    @Test
    void aProviderOfOnesOwnHasEverySetting() {
        // Given
        Settings settings = new Settings(
                Map.of("provider.mine.base-url", "http://a", "provider.mine.region", "x"),
                Map.of("TOKENTAPE_PROVIDER_MINE_KEY_HEADER", "x-key"),
                Map.of("providers", "openai, mine", "provider.mine.api", "openai-chat-completions"));

        // When, Then
        assertThatCode(() -> check(settings, Service.PRODUCER)).doesNotThrowAnyException();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aProviderThatIsNotInUseIsUnknown() {
        assertThatThrownBy(() -> check(Settings.of(Map.of("provider.quite-another.api", "x")), Service.PRODUCER))
                .hasMessageContaining("provider.quite-another.api is no setting");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TOKENTAPE_CONFIG",
                "TOKENTAPE_GATEWAY_URL",
                "TOKENTAPE_TOKEN",
                "TOKENTAPE_GATEWAY_AUTH_SECRET",
                "TOKENTAPE_GATEWAY_TICKET_SECRET",
                "TOKENTAPE_GATEWAY_SERVICE_HOST",
                "TOKENTAPE_GATEWAY_SERVICE_PORT_HTTP",
                "TOKENTAPE_GATEWAY_PORT_8080_TCP_ADDR"
            })
    void variablesThatAreNoSettingsAreLeftAlone(String variable) {
        assertThatCode(() -> check(new Settings(Map.of(), Map.of(variable, "x"), Map.of()), Service.values()))
                .doesNotThrowAnyException();
    }

    @Test
    void theVariableThatHoldsAKeyMayHaveAnyName() {
        // Given
        Settings settings = new Settings(
                Map.of("provider.openai.key-variable", "TOKENTAPE_MY_KEY"), Map.of("TOKENTAPE_MY_KEY", "k"), Map.of());

        // When, Then
        assertThatCode(() -> check(settings, Service.PRODUCER)).doesNotThrowAnyException();
    }

    @Test
    void theVariableThatHoldsTheGatewaysSecretMayHaveAnyName() {
        // Given
        Settings settings = new Settings(
                Map.of("gateway.auth.secret-variable", "TOKENTAPE_MY_SECRET"),
                Map.of("TOKENTAPE_MY_SECRET", "s"),
                Map.of());

        // When, Then
        assertThatCode(() -> check(settings, Service.GATEWAY)).doesNotThrowAnyException();
    }

    @Test
    void whatAPlugInOfKafkasClientsReadsIsLeftAlone() {
        assertThatCode(() -> check(Settings.of(Map.of("kafka.com.example.audit-trail", "on")), Service.GATEWAY))
                .doesNotThrowAnyException();
    }

    @Test
    void aKeyInTheFileIsSaidNotToBeRead() {
        assertThatThrownBy(
                        () -> check(new Settings(Map.of(), Map.of(), Map.of("OPENAI_API_KEY", "k")), Service.PRODUCER))
                .hasMessageContaining("OPENAI_API_KEY in the file")
                .hasMessageContaining("environment variables alone");
    }
}
