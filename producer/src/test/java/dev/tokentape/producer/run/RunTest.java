package dev.tokentape.producer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunTest extends RunScenario {

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
        ActiveRuns runs = runs(recorded, preparing((_, _, _, _) -> {
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
            assertThat(call.cancelReason()).isEqualTo("client_request");
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
        assertThat(provider.nextCall().cancelReason()).isEqualTo("producer_shutdown");
        List<TokenEvent> events = recorded.events();
        assertThat(events).hasSize(4).noneMatch(TokenEvent::isTerminal);
        TokenEvent.AttemptLost lost = (TokenEvent.AttemptLost) events.getLast();
        assertThat(lost.lastOffset()).isEqualTo(2);
        assertThat(lost.reason()).isEqualTo("producer_shutdown");
        assertThat(lost.envelope().runId()).isEqualTo(run.runId());
        assertThat(runs.awaitNone(SOON)).isTrue();
        assertThat(outcomes("fake", Outcome.HANDED_BACK)).isEqualTo(1);
    }
}
