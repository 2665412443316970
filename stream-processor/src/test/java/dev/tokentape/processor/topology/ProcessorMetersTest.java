package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class ProcessorMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProcessorMeters meters = new ProcessorMeters(registry);

    private static Verdict verdict(String rule) {
        return Verdict.newBuilder()
                .setRuleId(rule)
                .setCategory("pii")
                .setAction("redact")
                .build();
    }

    @Test
    void decisionsAreCountedByRuleCategoryAndAction() {
        // When
        meters.decided(verdict("card"));
        meters.decided(verdict("card"));
        meters.decided(verdict("phone"));

        // Then
        assertThat(registry.get("tokentape.processor.moderation.decisions")
                        .tag("rule", "card")
                        .tag("category", "pii")
                        .tag("action", "redact")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("tokentape.processor.moderation.decisions").counters())
                .hasSize(2);
    }

    @Test
    void moreRulesThanAnybodyHasAreCountedTogether() {
        // When
        for (int i = 0; i < 3_000; i++) {
            meters.decided(verdict("rule-" + i));
        }

        // Then
        assertThat(registry.get("tokentape.processor.moderation.decisions").counters())
                .hasSize(2_001);
        assertThat(registry.get("tokentape.processor.moderation.decisions")
                        .tag("rule", "other")
                        .counter()
                        .count())
                .isEqualTo(1_000);
    }
}
