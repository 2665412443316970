package dev.tokentape.processor.rulebook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a processor tells about the rules that it knows. Thread-safe. */
final class RuleMeters {

    private final MultiGauge inForce;
    private final Counter refused;

    RuleMeters(MeterRegistry registry) {
        inForce = MultiGauge.builder("tokentape.processor.moderation.rules")
                .description("1 for the rule set version by which requests are judged that come now")
                .register(registry);
        refused = Counter.builder("tokentape.processor.moderation.rules.refused")
                .description("Published rule sets that this processor cannot use")
                .register(registry);
        inForce(null);
    }

    void inForce(@Nullable String version) {
        inForce.register(List.of(MultiGauge.Row.of(Tags.of("version", version == null ? "none" : version), 1)), true);
    }

    void refused() {
        refused.increment();
    }
}
