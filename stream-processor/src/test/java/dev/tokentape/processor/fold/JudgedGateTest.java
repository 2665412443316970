package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.Verdict;
import org.junit.jupiter.api.Test;

/** Text that waits for a moderation service before readers see it. */
class JudgedGateTest extends JudgedScene {

    @Test
    void aGateShowsOnlyWhatAVerdictHasCovered() {
        // Given
        answering(GATE, "one two ", "three ", "four ");
        assertThat(asked()).singleElement().satisfies(question -> {
            assertThat(question.text()).isEqualTo("one two three ");
            assertThat(question.from()).isZero();
            assertThat(question.to()).isEqualTo(14);
        });
        assertThat(text()).isEmpty();

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three ");
    }

    @Test
    void aBlocksEndAsksForTheRestAndTheLastWordWaitsForIt() {
        // Given
        answering(GATE, "one two ", "three ", "four");
        bench.fold(run.blockStop(0), run.stop());
        judged(0, ModerationQuestion.Answer.PASS);
        assertThat(asked())
                .hasSize(2)
                .last()
                .extracting(ModerationQuestion::text)
                .isEqualTo("three four");
        assertThat(types()).doesNotContain("content_block_stop", "message_stop");

        // When
        judged(1, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three four");
        assertThat(types()).endsWith("content_block_stop", "message_stop");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void anObjectionEndsTheAnswerAndStopsItsRun() {
        // Given
        answering(GATE, "one two three ");
        judged(0, ModerationQuestion.Answer.PASS);
        bench.fold(run.text("something awful"));

        // When
        judged(1, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(text()).isEqualTo("one two three ");
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.getAction()).isEqualTo("block");
            assertThat(verdict.getRuleId()).isEqualTo("guard");
            assertThat(verdict.getCategory()).isEqualTo("violence");
            assertThat(verdict.getRuleSetVersion()).isEqualTo(GATE.version());
        });
        assertThat(bench.stoppedRuns()).containsExactly("run");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }

    @Test
    void verdictsOutOfOrderDoNotReorderTheText() {
        // Given
        answering(GATE, "one two three ", "four five six ");

        // When
        judged(1, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEmpty();

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three four five six ");
    }

    @Test
    void withoutAVerdictAClosedGateEndsTheAnswer() {
        // Given
        answering(GATE, "one two three ");

        // When
        judged(0, ModerationQuestion.Answer.UNAVAILABLE);

        // Then
        assertThat(text()).isEmpty();
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }

    @Test
    void withoutAVerdictAnOpenGateShowsTheTextAndSaysSoOnce() {
        // Given
        answering(OPEN, "one two three ", "four five six ");

        // When
        judged(0, ModerationQuestion.Answer.UNAVAILABLE);
        judged(1, ModerationQuestion.Answer.UNAVAILABLE);
        bench.fold(run.blockStop(0), run.stop());

        // Then
        assertThat(text()).isEqualTo("one two three four five six ");
        assertThat(verdicts()).singleElement().extracting(Verdict::getAction).isEqualTo("flag");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
    }

    @Test
    void aFlagShowsTheTextAndTellsOfIt() {
        // Given
        answering(OPEN, "one two three ");

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(text()).isEqualTo("one two three ");
        assertThat(types()).endsWith("content_block_delta", "moderation");
    }

    @Test
    void aRuleThatBlocksDoesNotWaitForVerdicts() {
        // When
        answering(GATE, "one two three ", "goldfinger ");

        // Then
        assertThat(text()).isEmpty();
        assertThat(verdicts()).singleElement().extracting(Verdict::getRuleId).isEqualTo("stop");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }

    @Test
    void whatIsNotAskedAboutKeepsItsPlace() {
        // Given a block of thinking, which this policy does not judge, behind text that waits
        answering(GATE, "one two three ");
        bench.fold(
                run.blockStop(0),
                run.blockStart(1, BlockType.THINKING),
                run.delta(1, DeltaType.THINKING, "hm"),
                run.blockStop(1));
        assertThat(asked()).hasSize(1);

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three hm");
        assertThat(types())
                .endsWith("content_block_stop", "content_block_start", "content_block_delta", "content_block_stop");
    }
}
