package dev.tokentape.producer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The producer's meters. Labels are provider, outcome and fate, each of a small fixed set: providers that are not
 * configured here are counted together as {@code unknown}, since their names come from clients.
 */
public final class ProducerMetrics {

    private static final String UNKNOWN = "unknown";

    private final MeterRegistry registry;
    private final Predicate<String> isConfigured;

    /** @param isConfigured whether a provider of this name is configured here */
    public ProducerMetrics(MeterRegistry registry, Predicate<String> isConfigured) {
        this.registry = registry;
        this.isConfigured = isConfigured;
    }

    /** @return takes the gauge away again, so that the next producer of this process can have it */
    public AutoCloseable watchActiveRuns(Supplier<Number> activeRuns) {
        Gauge gauge = Gauge.builder("tokentape.producer.runs.active", activeRuns)
                .description("runs in progress")
                .register(registry);
        return () -> registry.remove(gauge);
    }

    public RunMeters ofRun(String provider) {
        String label = label(provider);
        return new RunMeters(
                Counter.builder("tokentape.producer.events")
                        .description("provider events appended to the journal")
                        .tag("provider", label)
                        .register(registry),
                Counter.builder("tokentape.producer.bytes")
                        .description("encoded bytes of these events")
                        .baseUnit("bytes")
                        .tag("provider", label)
                        .register(registry),
                Timer.builder("tokentape.producer.append")
                        .description("from receiving an event's bytes upstream to its acknowledgement by Kafka")
                        .tag("provider", label)
                        .publishPercentileHistogram()
                        .minimumExpectedValue(Duration.ofNanos(100_000))
                        .maximumExpectedValue(Duration.ofSeconds(30))
                        .register(registry));
    }

    public void runEnded(String provider, Outcome outcome) {
        Counter.builder("tokentape.producer.runs")
                .description("runs ended, by outcome")
                .tag("provider", label(provider))
                .tag("outcome", word(outcome))
                .register(registry)
                .increment();
    }

    /** @param provider the provider asked for; null if the job could not be read */
    public void jobCame(@Nullable String provider, JobFate fate) {
        Counter.builder("tokentape.producer.jobs")
                .description("jobs received, by what became of them")
                .tag("provider", provider == null ? UNKNOWN : label(provider))
                .tag("fate", word(fate))
                .register(registry)
                .increment();
    }

    /** A call that failed before its first output will be made again. */
    public void retried(String provider) {
        count("tokentape.producer.retries", "calls made again after a failure before the first output", provider);
    }

    /** Another provider was asked instead of this. */
    public void fellBack(String provider) {
        count("tokentape.producer.fallbacks", "answers that went on at the request's fallback", provider);
    }

    /** A call was not made since too many had failed. */
    public void circuitRefused(String provider) {
        count("tokentape.producer.circuit.refused", "calls not made because the circuit was open", provider);
    }

    private void count(String name, String description, String provider) {
        Counter.builder(name)
                .description(description)
                .tag("provider", label(provider))
                .register(registry)
                .increment();
    }

    private String label(String provider) {
        return isConfigured.test(provider) ? provider : UNKNOWN;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
