package dev.tokentape.producer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.avro.GenerationJob;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;

/** Runs over a journal that is recorded, with time that moves when it is told to. */
@Timeout(60)
abstract class RunScenario {

    static final Duration SOON = Duration.ofSeconds(20);
    static final long SECOND = 1_000_000_000L;

    final AtomicLong nanos = new AtomicLong();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    ActiveRuns runs(RecordedJournal recorded, ProviderDirectory providers) {
        return new ActiveRuns(
                8,
                providers,
                recorded.journal(),
                new ProducerMetrics(meters, FakeProvider.NAME::equals),
                new Clocks(Clocks.system().wallMicros(), nanos::get));
    }

    static void start(ActiveRuns runs, Run run) throws InterruptedException {
        assertThat(runs.claimPlaces(1, SOON)).isTrue();
        runs.start(run);
    }

    static void startAndAwaitEnd(ActiveRuns runs, GenerationJob job) throws Exception {
        Run run = runs.open(job);
        run.take(SOON).get();
        start(runs, run);
        assertThat(runs.awaitNone(SOON)).isTrue();
    }

    boolean beatAfter(Run run, long passed) throws InterruptedException {
        nanos.addAndGet(passed);
        return run.heartbeatIfSilent(2 * SECOND);
    }

    static void eventually(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(2)).atMost(SOON).until(condition);
    }

    double outcomes(String provider, Outcome outcome) {
        return meters.counter(
                        "tokentape.producer.runs",
                        "provider",
                        provider,
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .count();
    }

    @FunctionalInterface
    interface Preparing {
        UpstreamCall prepare(GenerationJob job, String runId, EventSink sink, Cancellation cancellation);
    }

    static ProviderDirectory preparing(Preparing preparing) {
        Provider provider = new Provider() {
            @Override
            public String name() {
                return FakeProvider.NAME;
            }

            @Override
            public String api() {
                return "fake-api";
            }

            @Override
            public UpstreamCall prepare(GenerationJob job, String runId, EventSink sink, Cancellation cancellation) {
                return preparing.prepare(job, runId, sink, cancellation);
            }
        };
        return new ProviderDirectory() {
            @Override
            public Optional<Provider> named(String name) {
                return Optional.of(provider);
            }

            @Override
            public Collection<String> names() {
                return List.of(FakeProvider.NAME);
            }

            @Override
            public void close() {}
        };
    }
}
