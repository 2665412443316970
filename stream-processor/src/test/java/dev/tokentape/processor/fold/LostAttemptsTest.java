package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of attempts whose run says nothing more. */
class LostAttemptsTest extends FoldScene {

    @Test
    void anAttemptLostBeforeTheFirstTokenIsTriedAgain() {
        // Given
        bench.fold(answer.request("hello"), run.taken(), run.start());

        // When
        bench.fold(answer.lost(1, "run-a", 2));

        // Then
        assertThat(bench.jobs()).extracting(job -> job.getAttempt()).containsExactly(1, 2);
        assertThat(bench.stoppedRuns()).containsExactly("run-a");
        assertThat(bench.tape()).noneMatch(TokenEvent::isTerminal);
    }

    @Test
    void theNextAttemptSupersedesAndItsNumbersRunOn() {
        // Given
        bench.fold(answer.request("hello", request -> request.setOnAttemptLost(LostPolicy.RESTART)));
        bench.fold(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("old"));
        bench.fold(answer.lost(1, "run-a", 4));
        Entries.Run second = answer.run(2, "run-b");

        // When
        bench.fold(
                second.taken(),
                second.start(),
                second.blockStart(0, BlockType.TEXT),
                second.text("new"),
                second.blockStop(0),
                second.stop());

        // Then
        assertNumberedWithoutHole();
        assertThat(bench.completed().getFirst().getText()).isEqualTo("new");
        assertThat(bench.completed().getFirst().getAttempt()).isEqualTo(2);
        assertThat(bench.of(FoldOutcome.Measured.class).getFirst().metrics().getAttempts())
                .isEqualTo(2);
    }

    @Test
    void aRunThatBeginsItsAnswerAgainTellsReadersSo() {
        // Given
        bench.fold(answer.request("hello"), run.taken(), run.start());
        bench.fold(run.blockStart(0, BlockType.TEXT), run.text("half of a fir"));

        // When
        bench.fold(run.start(), run.blockStart(0, BlockType.TEXT), run.text("whole"), run.blockStop(0), run.stop());

        // Then
        assertNumberedWithoutHole();
        assertThat(bench.tape())
                .filteredOn(event -> event instanceof TokenEvent.MessageStart)
                .extracting(event -> ((TokenEvent.MessageStart) event).reason())
                .containsExactly(null, "provider_restarted");
        assertThat(bench.completed().getFirst().getText()).isEqualTo("whole");
        assertThat(bench.completed().getFirst().getBlocks()).hasSize(1);
        assertThat(bench.stoppedRuns()).isEmpty();
    }

    @Test
    void aZombieOfAnEarlierAttemptIsDropped() {
        // Given
        bench.fold(answer.request("hello"), run.taken(), run.start());
        bench.fold(answer.lost(1, "run-a", 2));
        bench.fold(answer.run(2, "run-b").taken());
        bench.forget();

        // When
        bench.fold(run.blockStart(0, BlockType.TEXT), run.text("late"), run.heartbeat());

        // Then
        assertThat(bench.tape()).isEmpty();
        assertThat(bench.stoppedRuns()).containsExactly("run-a");
    }

    @Test
    void aReportIsVoidIfTheRunHasSpokenSince() {
        // Given
        running("one");
        bench.fold(run.text("two"));
        bench.forget();

        // When the watch had seen only offset 4
        bench.fold(answer.lost(1, "run-a", 4));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aReportIsVoidIfTheRunHasSentAHeartbeatSince() {
        // Given
        running("one");
        bench.fold(run.heartbeat());
        bench.forget();

        // When
        bench.fold(answer.lost(1, "run-a", 4));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aReportAboutARunThatOwnsNothingIsVoid() {
        // Given
        running("one");
        bench.forget();

        // When
        bench.fold(answer.lost(1, "run-b", 100));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void anAttemptLostMidAnswerEndsWithAnErrorByDefault() {
        // Given
        running("shown");

        // When
        bench.fold(answer.lost(1, "run-a", 4));

        // Then
        TokenEvent.Failed end = (TokenEvent.Failed) last();
        assertThat(end.error().getCode()).isEqualTo("producer_lost");
        assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
        assertThat(bench.completed().getFirst().getText()).isEqualTo("shown");
    }

    @Test
    void afterThreeLostAttemptsTheAnswerEnds() {
        // Given
        bench.fold(answer.request("hello"));
        for (int attempt = 1; attempt < 3; attempt++) {
            long taken = bench.fold(answer.run(attempt, "run-" + attempt).taken());
            bench.fold(answer.lost(attempt, "run-" + attempt, taken));
        }
        long taken = bench.fold(answer.run(3, "run-3").taken());

        // When
        bench.fold(answer.lost(3, "run-3", taken));

        // Then
        assertThat(bench.jobs()).hasSize(3);
        assertThat(((TokenEvent.Failed) last()).error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
    }

    @Test
    void aHoleInARunsNumbersCostsItTheAttempt() {
        // Given
        running("one");

        // When
        bench.fold(run.at(9).text("ten"));

        // Then
        assertThat(((TokenEvent.Failed) last()).error().getCode()).isEqualTo("producer_lost");
        assertThat(bench.stoppedRuns()).containsExactly("run-a");
        assertNumberedWithoutHole();
    }

    @Test
    void aQueuedAnswerEndsOnlyOnceItsDeadlineHasPassed() {
        // Given
        bench.fold(answer.request("hello"));
        bench.fold(answer.lost(1, null, Envelope.NONE));
        assertThat(bench.tape()).noneMatch(TokenEvent::isTerminal);
        bench.passes(60);

        // When
        bench.fold(answer.lost(1, null, Envelope.NONE));

        // Then
        TokenEvent.Failed end = (TokenEvent.Failed) last();
        assertThat(end.error().getCode()).isEqualTo("no_producer");
        assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.QUEUE);
    }

    @Test
    void anAnswerOverItsTimeEndsThoughItsRunIsAlive() {
        // Given
        running("shown");
        bench.passes(Duration.ofMinutes(21).toSeconds());
        bench.fold(run.heartbeat());

        // When
        bench.fold(answer.lost(1, "run-a", 0));

        // Then
        assertThat(((TokenEvent.Failed) last()).error().getCode()).isEqualTo("answer_timed_out");
        assertThat(bench.stoppedRuns()).containsExactly("run-a");
    }
}
