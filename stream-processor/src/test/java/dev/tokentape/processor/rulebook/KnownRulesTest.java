package dev.tokentape.processor.rulebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.processor.moderation.rules.RuleFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KnownRulesTest {

    private static final String YAML = "rules:\n  - {id: a, words: [b]}";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final KnownRules known = new KnownRules(Duration.ofMillis(20), new RuleMeters(registry));

    @Test
    void aVersionThatWasNotReadYetIsNeverDecidedOn() {
        // Given
        String version = RuleFile.parse(YAML).version();

        // When asked too early, nothing is decided
        assertThatThrownBy(() -> known.of(version))
                .isInstanceOf(RulesNotReadException.class)
                .hasMessageContaining(version);
        known.published(version, YAML);

        // Then the same question has its answer later
        assertThat(known.of(version)).isNotNull();
    }

    @Test
    void theVersionInForceIsTheOnlyOneThatTheGaugeShows() {
        // Given
        String version = RuleFile.parse(YAML).version();
        assertThat(registry.get("tokentape.processor.moderation.rules")
                        .gauge()
                        .getId()
                        .getTag("version"))
                .isEqualTo("none");

        // When
        known.published(version, YAML);
        known.inForce(version);

        // Then
        assertThat(registry.get("tokentape.processor.moderation.rules").gauges())
                .hasSize(1)
                .first()
                .matches(gauge -> version.equals(gauge.getId().getTag("version")) && gauge.value() == 1);
    }

    @Test
    void rulesThatThisCodeRefusesLeaveThoseBeforeInForce() {
        // Given
        String version = RuleFile.parse(YAML).version();
        known.published(version, YAML);
        known.inForce(version);

        // When
        known.published("0123456789abcdef", "rules: [none]");
        known.inForce("0123456789abcdef");

        // Then
        assertThat(known.current()).isEqualTo(version);
        assertThat(known.of("0123456789abcdef")).isNull();
        assertThat(registry.get("tokentape.processor.moderation.rules.refused")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void rulesThatThisCodeRefusesAreNotReplacedByNone() {
        // When no others are in force
        known.published("0123456789abcdef", "rules: [none]");
        known.inForce("0123456789abcdef");

        // Then requests are stamped with them, and so refused
        assertThat(known.current()).isEqualTo("0123456789abcdef");
        assertThat(known.of("0123456789abcdef")).isNull();
        assertThatNoException().isThrownBy(known::requireUsable);
    }

    @Test
    void aVersionInForceThatNobodyHasPublishedIsNoStart() {
        // When
        known.inForce("0123456789abcdef");

        // Then
        assertThat(known.current()).isNull();
        assertThatThrownBy(known::requireUsable)
                .hasMessageContaining("0123456789abcdef")
                .hasMessageContaining("rules publish");
    }
}
