package dev.tokentape.processor.rulebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.processor.moderation.rules.RuleFile;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KnownRulesTest {

    private static final String YAML = "rules:\n  - {id: a, words: [b]}";

    private final KnownRules known = new KnownRules(Duration.ofMillis(20));

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
    void aPublishedVersionThatThisCodeRefusesIsRefusedForEver() {
        // When
        known.published("0123456789abcdef", "rules: [none]");
        known.inForce("0123456789abcdef");

        // Then
        assertThat(known.of("0123456789abcdef")).isNull();
        assertThat(known.current()).isNull();
    }
}
