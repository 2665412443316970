package dev.tokentape.simulator.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {

    @Test
    void theModelNameCarriesSettings() {
        // Given
        String model = "sim?tps=500&ttft=5&tokens=20..30&jitter=0.5&seed=-7&think=9&stop=refusal&retry-after=none"
                + "&fault=stall@50,buffer=20&fault=http-error=529&dialect=llama.cpp&strict=false";

        // When
        var reader = SettingsReader.forCall(CallSettings.DEFAULT, model, "");

        // Then
        assertThat(reader.problems()).isEmpty();
        assertThat(reader.settings())
                .isEqualTo(new CallSettings(
                        5,
                        500,
                        0.5,
                        20,
                        30,
                        9,
                        -7,
                        StopSetting.REFUSAL,
                        -1,
                        List.of(new Fault.Stall(50), new Fault.Buffer(20), new Fault.HttpError(529)),
                        ChatDialect.LLAMA_CPP,
                        false));
        assertThat(SettingsReader.modelName(model)).isEqualTo("sim");
    }

    @Test
    void theHeaderOverridesTheModelNameAndTheModelNameItsPreset() {
        // When
        var settings = SettingsReader.forCall(CallSettings.DEFAULT, "sim-fast?ttft=7&seed=2", "seed=3; tokens=4")
                .settings();

        // Then
        assertThat(settings.timeToFirstTokenMillis()).isEqualTo(7);
        assertThat(settings.tokensPerSecond()).isEqualTo(500);
        assertThat(settings.seed()).isEqualTo(3);
        assertThat(settings.minTokens()).isEqualTo(4);
        assertThat(settings.maxTokens()).isEqualTo(4);
    }

    @Test
    void everyFaultIsReadBackFromItsSpelling() {
        // Given
        List<Fault> faults = List.of(
                new Fault.HttpError(429),
                new Fault.FailFirst(2, 503),
                new Fault.SlowHeaders(30),
                new Fault.Buffer(40),
                new Fault.ErrorEvent(0),
                new Fault.Stall(1),
                new Fault.Truncate(2),
                new Fault.Cut(3),
                new Fault.Reset(4),
                new Fault.Malformed(5),
                new Fault.Oversize(6, 7000));

        // When
        var reader = new SettingsReader(CallSettings.DEFAULT);
        reader.read(
                "fault", String.join(",", faults.stream().map(Fault::spelling).toList()));

        // Then
        assertThat(reader.problems()).isEmpty();
        assertThat(reader.settings().faults()).isEqualTo(faults);
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        // When
        var reader = SettingsReader.forCall(
                CallSettings.DEFAULT,
                "sim?tps=fast&ttft=-1&fault=stall@x&colour=red&naked",
                "fault=explode@3,http-error=200,http-error=418,stall@1=2,oversize@3;tokens=9..3;jitter=2;"
                        + "stop=maybe;seed=x");

        // Then
        assertThat(reader.problems())
                .hasSize(14)
                .anyMatch(problem -> problem.contains("tps=fast"))
                .anyMatch(problem -> problem.contains("ttft=-1"))
                .anyMatch(problem -> problem.contains("stall@x"))
                .anyMatch(problem -> problem.contains("'colour'"))
                .anyMatch(problem -> problem.contains("'naked' has no value"))
                .anyMatch(problem -> problem.contains("explode@3"))
                .anyMatch(problem -> problem.contains("tokens=9..3"))
                .anyMatch(problem -> problem.contains("jitter=2"))
                .anyMatch(problem -> problem.contains("stop=maybe"));
    }
}
