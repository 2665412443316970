package dev.tokentape.producer.upstream;

import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.policy.CircuitPolicy;
import dev.tokentape.producer.policy.RetryPolicy;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** Calls for one answer, through all that stands between a run and its providers. */
@Timeout(60)
abstract class AnswerCallScenario {

    static final Duration SOON = Duration.ofSeconds(20);
    static final RetryPolicy QUICK =
            new RetryPolicy(3, Duration.ofMillis(2), Duration.ofMillis(4), Duration.ofSeconds(20));
    static final RetryPolicy PATIENT =
            new RetryPolicy(3, Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofHours(1));

    final List<TokenEvent> events = Collections.synchronizedList(new ArrayList<>());
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Places places = new Places(1);
    final Cancellation cancellation = new Cancellation();

    UpstreamCall call(GenerationJob job, FakeProvider... providers) {
        return prepare(upstreams(providers), job);
    }

    Upstreams upstreams(FakeProvider... providers) {
        return new Upstreams(
                FakeProvider.directory(providers), new ProducerMetrics(meters, _ -> true), System::nanoTime);
    }

    UpstreamCall prepare(Upstreams upstreams, GenerationJob job) {
        return prepare(upstreams, job, places);
    }

    UpstreamCall prepare(Upstreams upstreams, GenerationJob job, Places from) {
        return prepare(upstreams, job, from, cancellation);
    }

    UpstreamCall prepare(Upstreams upstreams, GenerationJob job, Places from, Cancellation cancelling) {
        return upstreams.prepare(job, "run-1", events::add, this::now, new RunPlace(from, from.claim(1)), cancelling);
    }

    Envelope now() {
        return new Envelope("c-1", "r-1", 1, "run-1", 0, 0, Envelope.NONE, 1, 1, Envelope.NONE, "asked", "asked");
    }

    static FakeProvider provider(FakeCall.Script script) {
        return new FakeProvider(FakeProvider.NAME, policy(0, 0, QUICK), script);
    }

    static CallPolicy policy(int maxRuns, int requestsPerMinute, RetryPolicy retry) {
        return new CallPolicy(maxRuns, 10, SOON, requestsPerMinute, 0, retry, CircuitPolicy.DEFAULT);
    }

    static GenerationJob jobFor(String provider) {
        return Jobs.job("c-1", provider, Instant.now());
    }

    static GenerationJob falling(GenerationJob job, String provider, String model) {
        return GenerationJob.newBuilder(job)
                .setRequest(GenerationRequest.newBuilder(job.getRequest())
                        .setFallbackProvider(provider)
                        .setFallbackModel(model)
                        .build())
                .build();
    }

    static Thread start(UpstreamCall call) {
        return Thread.ofVirtual().start(() -> {
            try {
                call.run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    List<String> kinds() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    ErrorInfo error() {
        return ((TokenEvent.Failed) events.getLast()).error();
    }
}
