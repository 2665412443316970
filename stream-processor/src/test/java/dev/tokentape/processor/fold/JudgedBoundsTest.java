package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Verdict;
import org.junit.jupiter.api.Test;

/** What is asked about when, how much may wait, and for how long. */
class JudgedBoundsTest extends JudgedScene {

    @Test
    void aRepeatedVerdictAndOneForAnEndedAnswerSayNothing() {
        // Given
        answering(GATE, "one two three ");
        judged(0, ModerationQuestion.Answer.PASS);
        int said = bench.tape().size();

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(bench.tape()).hasSize(said);

        // When the answer has ended
        bench.fold(run.stop());
        int ended = bench.tape().size();
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(types()).endsWith("message_stop");
        assertThat(bench.tape()).hasSize(ended);
    }

    @Test
    void aVerdictOfAnOlderAttemptSaysNothing() {
        // Given an attempt that was lost with its question open, and the next one with a question of the same number
        answering(GATE, "one two three ");
        bench.fold(entries.lost(1, "run", 1_000));
        Entries.Run second = entries.run(2, "second");
        bench.fold(
                second.taken(), second.start(), second.blockStart(0, BlockType.TEXT), second.text("else altogether"));
        assertThat(asked()).hasSize(2);

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(text()).isEmpty();
    }

    @Test
    void whatWaitsIsBounded() {
        // When
        answering(GATE, "0123456789".repeat(6), "0123456789");

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().extracting(Verdict::getCategory).isEqualTo("held_too_long");
    }

    @Test
    void noMoreThanFourQuestionsAreOpen() {
        // Given
        answering(GATE, "0123456789", "0123456789", "0123456789", "0123456789", "abcde", "fghij", "klm");
        assertThat(asked()).hasSize(JudgedLine.MAX_ASKED);

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(asked())
                .hasSize(5)
                .last()
                .extracting(ModerationQuestion::text)
                .isEqualTo("456789abcdefghijklm");
    }

    @Test
    void textThatIsOldEnoughIsAskedAboutToo() {
        // When tokens come 10 ms apart
        answering(TIMED, "a", "b", "c");
        assertThat(asked()).isEmpty();
        bench.fold(run.text("d"));

        // Then
        assertThat(asked()).singleElement().extracting(ModerationQuestion::text).isEqualTo("abcd");
    }

    @Test
    void verdictsThatNeverComeAreNotWaitedForForEver() {
        // Given
        answering(GATE, "one two three ");
        bench.fold(run.stop());
        bench.fold(entries.lost(1, null, -1));
        assertThat(types()).doesNotContain("cancelled");

        // When
        bench.passes(61);
        bench.fold(entries.lost(1, null, -1));

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().extracting(Verdict::getCategory).isEqualTo("verdict_missing");
    }

    @Test
    void aCancelDoesNotWaitForVerdicts() {
        // Given
        answering(GATE, "one two three ");
        bench.fold(run.stop());

        // When
        bench.fold(entries.cancel("client_request"));

        // Then
        assertThat(text()).isEmpty();
        assertThat(types()).endsWith("cancelled");
        assertThat(bench.fold().openCount()).isZero();
    }
}
