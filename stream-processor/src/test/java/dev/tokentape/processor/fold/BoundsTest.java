package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import org.junit.jupiter.api.Test;

/** What is too much, and what readers are told of it. */
class BoundsTest extends FoldScene {

    @Test
    void aJobTooLargeForARecordEndsTheAnswerWithAClearError() {
        // Given
        FoldBench tight = new FoldBench(RecordLimits.MAX_VALUE_BYTES + 1);

        // When
        tight.fold(answer.request("hello"));

        // Then
        assertThat(tight.jobs()).isEmpty();
        assertThat(types(tight)).containsExactly("user_message", "error");
        assertThat(((TokenEvent.Failed) tight.tape().getLast()).error().getCode())
                .isEqualTo("request_too_long");
    }

    @Test
    void moreOpenAnswersThanTheLimitAreRefused() {
        // Given
        FoldBench small = new FoldBench(limits(1, 1_000), Moderation.passThrough());
        small.fold(answer.request("hello"));

        // When
        small.fold(new Entries("c2", "r2").request("hello"));

        // Then
        assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                .isEqualTo("overloaded");
        assertThat(small.fold().openCount()).isEqualTo(1);
    }

    @Test
    void anAnswerOverTheCharacterLimitEndsAndItsRunIsStopped() {
        // Given
        FoldBench small = new FoldBench(limits(10, 5), Moderation.passThrough());
        small.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        small.fold(run.text("12345"));

        // When
        small.fold(run.text("6"));

        // Then
        assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                .isEqualTo("answer_too_long");
        assertThat(small.completed().getFirst().getText()).isEqualTo("12345");
        assertThat(small.stoppedRuns()).containsExactly("run-a");
    }

    @Test
    void aPictureOverTheCharacterLimitEndsTheAnswerByWhatWouldHelp() {
        // Given
        FoldBench small = new FoldBench(limits(10, 5), Moderation.passThrough());
        small.fold(answer.request("draw"), run.taken(), run.start(), run.blockStart(0, BlockType.IMAGE));
        small.fold(run.delta(0, DeltaType.DATA, "QUJD"));

        // When
        small.fold(run.delta(0, DeltaType.DATA, "QUJD"));

        // Then
        TokenEvent.Failed end = (TokenEvent.Failed) small.tape().getLast();
        assertThat(end.error().getCode()).isEqualTo("answer_too_long");
        assertThat(end.error().getMessage())
                .contains("A picture or sound", "a smaller or more compressed one", "its address")
                .doesNotContain("max_tokens");
    }

    @Test
    void moreOpenCharactersThanTheLimitEndTheAnswerThatAddsToThem() {
        // Given
        FoldLimits standard = FoldLimits.standard();
        FoldBench small = new FoldBench(
                new FoldLimits(
                        standard.jobDeadline(),
                        standard.maxAnswerDuration(),
                        standard.toolResultsDeadline(),
                        standard.maxAnswerCharacters(),
                        standard.maxHistoryCharacters(),
                        100,
                        300),
                Moderation.passThrough());
        small.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        small.fold(run.text("x".repeat(300)));

        // When
        small.fold(run.text("y"));

        // Then
        TokenEvent.Failed end = (TokenEvent.Failed) small.tape().getLast();
        assertThat(end.error().getCode()).isEqualTo("overloaded");
        assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
        assertThat(small.stoppedRuns()).containsExactly("run-a");
    }

    @Test
    void anAnswerThatItsRecordCannotHoldEnds() {
        // Given three bytes a character, and every text twice in the record
        FoldBench large = new FoldBench();
        large.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        String piece = "\u20ac".repeat(200_000);

        // When
        for (int i = 0; i < 7; i++) {
            large.fold(run.text(piece));
        }

        // Then
        assertThat(((TokenEvent.Failed) large.tape().getLast()).error().getCode())
                .isEqualTo("answer_too_long");
        assertThat(large.completed().getFirst().getText()).hasSize(6 * 200_000);
    }
}
