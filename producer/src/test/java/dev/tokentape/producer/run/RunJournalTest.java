package dev.tokentape.producer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.metrics.Outcome;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.producer.testing.RecordedJournal;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs and a journal that is slow, or refuses. */
@Timeout(60)
class RunJournalTest extends RunScenario {

    /** One that sends far more than may wait for the journal. */
    private static FakeProvider longAnswer() {
        return new FakeProvider(call -> {
            for (int i = 0; i < 1_000; i++) {
                call.piece("x");
            }
            call.finish();
        });
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
        assertThat(provider.nextCall().cancelReason()).isEqualTo("event_too_large");
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
        assertThat(provider.nextCall().cancelReason()).isEqualTo("journal_failed");
        assertThat(recorded.sent()).isEqualTo(3);
        assertThat(outcomes("fake", Outcome.BROKEN)).isEqualTo(1);
    }

    @Test
    void aHeartbeatDoesNotWaitForASlowJournal() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = longAnswer();
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
    void aRunThatWaitsForTheJournalIsHandedBackWithoutAReport() throws Exception {
        // Given
        RecordedJournal recorded = RecordedJournal.slow();
        FakeProvider provider = longAnswer();
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
}
