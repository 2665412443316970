package dev.tokentape.producer.upstream;

import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.Envelope;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The providers of this process with what all its runs share of them: places, budgets and circuits. Thread-safe. */
public final class Upstreams {

    private final ProviderDirectory providers;
    private final ProducerMetrics metrics;
    private final LongSupplier nanos;
    private final Circuits circuits = new Circuits();
    /** One for each configured provider. */
    private final Map<String, Turnstile> turnstiles = new ConcurrentHashMap<>();

    /** @param nanos monotonic clock */
    public Upstreams(ProviderDirectory providers, ProducerMetrics metrics, LongSupplier nanos) {
        this.providers = providers;
        this.metrics = metrics;
        this.nanos = nanos;
    }

    /**
     * Prepares an answer: one call or several, one after the other, at one provider or two. Nothing is sent before it
     * is run.
     *
     * @param now envelope of an event that the run itself reports
     * @param place the run's, given back or not when the call has ended
     */
    public UpstreamCall prepare(
            GenerationJob job, String runId, EventSink sink, Supplier<Envelope> now, RunPlace place) {
        return new AnswerCall(this, job, runId, sink, now, place);
    }

    Optional<Provider> named(String provider) {
        return providers.named(provider);
    }

    Collection<String> names() {
        return providers.names();
    }

    Turnstile turnstile(Provider provider) {
        return turnstiles.computeIfAbsent(provider.name(), _ -> new Turnstile(provider.policy(), nanos));
    }

    CircuitBreaker circuit(Provider provider, String model) {
        return circuits.of(provider.name(), model, provider.policy().circuit());
    }

    ProducerMetrics metrics() {
        return metrics;
    }

    long nanos() {
        return nanos.getAsLong();
    }
}
