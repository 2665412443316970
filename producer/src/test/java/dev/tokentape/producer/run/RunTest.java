package dev.tokentape.producer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.UnsupportedRequestException;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aRunIsTakenThenNumbersItsEventsAndEndsOnce() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        ActiveRuns runs = runs(recorded, new FakeProvider(call -> {
            call.answer("Hel", "lo");
            call.piece("too late");
            call.finish();
        }));

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1"));

        // Then
        List<TokenEvent> events = recorded.events();
        assertThat(events)
                .extracting(event -> (Object) event.getClass())
                .containsExactly(
                        TokenEvent.Taken.class,
                        TokenEvent.MessageStart.class,
                        TokenEvent.BlockStart.class,
                        TokenEvent.BlockDelta.class,
                        TokenEvent.BlockDelta.class,
                        TokenEvent.BlockStop.class,
                        TokenEvent.MessageStop.class);
        assertThat(events).extracting(event -> event.envelope().sequence()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(events).extracting(event -> event.envelope().runId()).doesNotContainNull();
        assertThat(meters.counter("tokentape.producer.events", "provider", "fake")
                        .count())
                .isEqualTo(6);
        assertThat(outcomes("fake", Outcome.COMPLETED)).isEqualTo(1);
    }

    @Test
    void anUnknownProviderEndsTheAnswerNamingTheKnownOnes() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        ActiveRuns runs = runs(recorded, new FakeProvider(FakeCall::hold));

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1", "nobody", Instant.now()));

        // Then
        TokenEvent.Failed failed = (TokenEvent.Failed) recorded.events().getLast();
        assertThat(failed.error().getCode()).isEqualTo("unknown_provider");
        assertThat(failed.error().getMessage()).contains("nobody").contains("fake");
        assertThat(failed.error().getPhase()).isEqualTo(ErrorPhase.CONNECT);
        assertThat(failed.envelope().sequence()).isEqualTo(1);
        assertThat(outcomes("unknown", Outcome.FAILED)).isEqualTo(1);
    }

    @Test
    void aRequestTheApiCannotCarryOutEndsTheAnswerNamingTheField() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        ActiveRuns runs = runs(recorded, preparing((_, _, _) -> {
            throw new UnsupportedRequestException("response_schema", "this API has no structured output");
        }));

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1"));

        // Then
        TokenEvent.Failed failed = (TokenEvent.Failed) recorded.events().getLast();
        assertThat(failed.error().getCode()).isEqualTo("unsupported_request");
        assertThat(failed.error().getMessage()).contains("response_schema");
    }

    @Test
    void aFaultInTheCallEndsTheAnswerByAnErrorThatTellsNoSecrets() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        ActiveRuns runs = runs(recorded, new FakeProvider(call -> {
            call.begin();
            throw new IllegalStateException("key sk-123");
        }));

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1"));

        // Then
        TokenEvent.Failed failed = (TokenEvent.Failed) recorded.events().getLast();
        assertThat(failed.error().getCode()).isEqualTo("producer_error");
        assertThat(failed.error().getMessage()).doesNotContain("sk-123");
        assertThat(failed.envelope().sequence()).isEqualTo(3);
    }

    @Test
    void aCallThatForgetsItsEndIsEnded() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        ActiveRuns runs = runs(recorded, new FakeProvider(FakeCall::begin));

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1"));

        // Then
        assertThat(recorded.events().getLast()).isInstanceOf(TokenEvent.Failed.class);
    }

    @Test
    void aCancelBetweenTakenAndStartPreventsTheCall() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        FakeProvider provider = new FakeProvider(call -> {
            assertThat(call.cancelReasons()).containsExactly("client_request");
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        GenerationJob job = Jobs.job("c-1");
        Run run = runs.open(job);
        run.take(SOON).get();

        // When
        runs.cancelResponse(job.getResponseId(), "client_request");
        start(runs, run);
        assertThat(runs.awaitNone(SOON)).isTrue();

        // Then
        assertThat(recorded.events().getLast()).isInstanceOf(TokenEvent.Cancelled.class);
        assertThat(outcomes("fake", Outcome.CANCELLED)).isEqualTo(1);
    }

    @Test
    void aSlowJournalStopsTheReadingOfTheProvider() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            for (int i = 0; i < 10_000; i++) {
                call.piece("token " + i);
            }
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));

        // When
        run.take(SOON);
        start(runs, run);
        eventually(() -> recorded.sent() == RunSink.MAX_UNACKNOWLEDGED);

        // Then
        for (int i = 0; i < 50; i++) {
            int sent = recorded.sent();
            assertThat(recorded.acknowledgeNext()).isTrue();
            eventually(() -> recorded.sent() == sent + 1);
        }
        eventually(() -> {
            recorded.acknowledgeAll();
            return runs.count() == 0;
        });
        assertThat(recorded.events())
                .extracting(event -> event.envelope().sequence())
                .containsExactlyElementsOf(
                        LongStream.range(0, recorded.sent()).boxed().toList());
    }

    @Test
    void allRunsTogetherAreBoundedInBytes() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        String large = "x".repeat(RecordLimits.MAX_DELTA_CHARACTERS);
        FakeProvider provider = new FakeProvider(call -> {
            for (int i = 0; i < 200; i++) {
                call.piece(large);
            }
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run first = runs.open(Jobs.job("c-1"));
        Run second = runs.open(Jobs.job("c-2"));
        first.take(SOON);
        second.take(SOON);

        // When
        start(runs, first);
        start(runs, second);
        int takens = 2;
        int fitting = takens + (RecordedJournal.MAX_BYTES - 1024) / (large.length() + 512);
        eventually(() -> recorded.sent() == fitting);

        // Then
        for (int i = 0; i < 10; i++) {
            // What is acknowledged after the two small records makes room for one large record each.
            recorded.acknowledgeNext();
            int most = fitting + Math.max(0, i + 1 - takens);
            eventually(() -> recorded.sent() >= most);
            assertThat(recorded.sent()).isEqualTo(most);
        }
        eventually(() -> {
            recorded.acknowledgeAll();
            return runs.count() == 0;
        });
    }

    @Test
    void anEventTooLargeForATopicEndsTheAnswerByAnError() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            call.piece("x".repeat(RecordLimits.MAX_VALUE_BYTES));
            call.hold();
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);

        // When
        startAndAwaitEnd(runs, Jobs.job("c-1"));

        // Then
        TokenEvent.Failed failed = (TokenEvent.Failed) recorded.events().getLast();
        assertThat(failed.error().getCode()).isEqualTo("event_too_large");
        assertThat(provider.nextCall().cancelReasons()).containsExactly("event_too_large");
    }

    @Test
    void aRecordThatKafkaRefusesStopsTheRun() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            call.hold();
            call.piece("never sent");
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));
        run.take(SOON);
        start(runs, run);
        eventually(() -> recorded.sent() == 3);
        recorded.acknowledgeNext();

        // When
        recorded.refuseNext(new RecordTooLargeException("no"));
        assertThat(runs.awaitNone(SOON)).isTrue();

        // Then
        assertThat(provider.nextCall().cancelReasons()).containsExactly("journal_failed");
        assertThat(recorded.sent()).isEqualTo(3);
        assertThat(outcomes("fake", Outcome.BROKEN)).isEqualTo(1);
    }

    @Test
    void aSilentRunSendsHeartbeatsWhichAreNotCounted() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            call.hold();
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));
        boolean beforeTaken = beatAfter(run, 3 * SECOND);
        run.take(SOON).get();
        start(runs, run);
        eventually(() -> recorded.sent() == 3);

        // When
        boolean tooEarly = beatAfter(run, SECOND);
        boolean due = beatAfter(run, 2 * SECOND);
        provider.nextCall().letGo();
        assertThat(runs.awaitNone(SOON)).isTrue();
        boolean afterTheEnd = beatAfter(run, 5 * SECOND);

        // Then
        assertThat(beforeTaken).isFalse();
        assertThat(tooEarly).isFalse();
        assertThat(due).isTrue();
        assertThat(afterTheEnd).isFalse();
        TokenEvent heartbeat = recorded.events().get(3);
        assertThat(heartbeat).isInstanceOf(TokenEvent.Heartbeat.class);
        assertThat(heartbeat.envelope().sequence()).isEqualTo(2);
        assertThat(recorded.events().get(4).envelope().sequence()).isEqualTo(3);
    }

    @Test
    void aHeartbeatDoesNotWaitForASlowJournal() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = new FakeProvider(call -> {
            for (int i = 0; i < 1_000; i++) {
                call.piece("x");
            }
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));
        run.take(SOON);
        recorded.acknowledgeNext();
        start(runs, run);
        eventually(() -> recorded.sent() == RunSink.MAX_UNACKNOWLEDGED + 1);

        // When
        boolean sent = beatAfter(run, 10 * SECOND);

        // Then
        assertThat(sent).isFalse();
        eventually(() -> {
            recorded.acknowledgeAll();
            return runs.count() == 0;
        });
    }

    @Test
    void aHandedBackRunIsReportedLostBehindItsLastRecord() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.fast();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            call.hold();
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));
        run.take(SOON).get();
        start(runs, run);
        eventually(() -> recorded.sent() == 3);

        // When
        runs.handBackAll("producer_shutdown", SOON);

        // Then
        assertThat(provider.nextCall().cancelReasons()).containsExactly("producer_shutdown");
        List<TokenEvent> events = recorded.events();
        assertThat(events).hasSize(4).noneMatch(TokenEvent::isTerminal);
        TokenEvent.AttemptLost lost = (TokenEvent.AttemptLost) events.getLast();
        assertThat(lost.lastOffset()).isEqualTo(2);
        assertThat(lost.reason()).isEqualTo("producer_shutdown");
        assertThat(lost.envelope().runId()).isEqualTo(run.runId());
        assertThat(runs.awaitNone(SOON)).isTrue();
        assertThat(outcomes("fake", Outcome.HANDED_BACK)).isEqualTo(1);
    }

    @Test
    void aRunThatWaitsForTheJournalIsHandedBackWithoutAReport() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = new FakeProvider(call -> {
            for (int i = 0; i < 1_000; i++) {
                call.piece("x");
            }
            call.finish();
        });
        ActiveRuns runs = runs(recorded, provider);
        Run run = runs.open(Jobs.job("c-1"));
        run.take(SOON);
        start(runs, run);
        eventually(() -> recorded.sent() == RunSink.MAX_UNACKNOWLEDGED);

        // When
        runs.handBackAll("producer_shutdown", Duration.ofMillis(200));

        // Then
        assertThat(runs.awaitNone(SOON)).isTrue();
        assertThat(recorded.events())
                .hasSize(RunSink.MAX_UNACKNOWLEDGED)
                .noneMatch(event -> event.isTerminal() || event instanceof TokenEvent.AttemptLost);
    }

    private ActiveRuns runs(RecordedJournal recorded, ProviderDirectory providers) {
        return new ActiveRuns(
                8,
                providers,
                recorded.journal(),
                new ProducerMetrics(meters, FakeProvider.NAME::equals),
                new Clocks(Clocks.system().wallMicros(), nanos::get));
    }

    private static void start(ActiveRuns runs, Run run) throws InterruptedException {
        assertThat(runs.claimPlaces(1, SOON)).isTrue();
        runs.start(run);
    }

    private static void startAndAwaitEnd(ActiveRuns runs, GenerationJob job) throws Exception {
        Run run = runs.open(job);
        run.take(SOON).get();
        start(runs, run);
        assertThat(runs.awaitNone(SOON)).isTrue();
    }

    private boolean beatAfter(Run run, long passed) throws InterruptedException {
        nanos.addAndGet(passed);
        return run.heartbeatIfSilent(2 * SECOND);
    }

    private static void eventually(Callable<Boolean> condition) {
        await().pollInterval(Duration.ofMillis(2)).atMost(SOON).until(condition);
    }

    private double outcomes(String provider, Outcome outcome) {
        return meters.counter(
                        "tokentape.producer.runs",
                        "provider",
                        provider,
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .count();
    }

    @FunctionalInterface
    private interface Preparing {
        UpstreamCall prepare(GenerationJob job, String runId, EventSink sink);
    }

    private static ProviderDirectory preparing(Preparing preparing) {
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
            public UpstreamCall prepare(GenerationJob job, String runId, EventSink sink) {
                return preparing.prepare(job, runId, sink);
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
