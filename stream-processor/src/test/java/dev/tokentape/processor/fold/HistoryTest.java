package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The turns that go with a job. */
class HistoryTest extends FoldScene {

    @Test
    void aJobJoinsTheTurnsThatEndedBeforeItsRequest() {
        // Given one finished turn, and one that is still running when the request comes
        running("hi");
        bench.fold(run.stop());
        Entries second = new Entries("c1", "r2");
        bench.fold(second.request("still running"), second.run(1, "run-b").taken());

        // When
        bench.fold(new Entries("c1", "r3").request("and now?"));

        // Then
        assertThat(bench.jobs().getLast().getHistory())
                .extracting(message ->
                        message.getRole() + ":" + message.getParts().getFirst().getText())
                .containsExactly("user:hello", "assistant:hi");
    }

    @Test
    void aRequestWithItsOwnMessagesJoinsNoHistory() {
        // Given
        running("hi");
        bench.fold(run.stop());

        // When
        bench.fold(new Entries("c1", "r2").request("whole", request -> request.setJoinHistory(false)));

        // Then
        assertThat(bench.jobs().getLast().getHistory()).isEmpty();
    }

    @Test
    void aConversationOfAThousandTurnsIsJoinedWhole() {
        // Given
        for (int i = 0; i < 1_000; i++) {
            turn(bench, i, "said " + i);
        }
        bench.forget();

        // When
        bench.fold(answer.request("and now?"));

        // Then
        List<Message> history = bench.jobs().getFirst().getHistory();
        assertThat(history).hasSize(2_000);
        assertThat(history.getFirst().getParts().getFirst().getText()).isEqualTo("prompt 0");
        assertThat(history.getLast().getParts().getFirst().getText()).isEqualTo("said 999");
    }

    @Test
    void aConversationOfAHundredMegabytesIsRefusedClearly() {
        // Given
        String megabyte = "m".repeat(1_000_000);
        for (int i = 0; i < 100; i++) {
            turn(bench, i, megabyte);
        }
        bench.forget();

        // When
        bench.fold(answer.request("and now?"));

        // Then
        TokenEvent.Failed end = (TokenEvent.Failed) last();
        assertThat(end.error().getCode()).isEqualTo("history_too_long");
        assertThat(end.error().getMessage()).contains("2000000").contains("new conversation");
        assertThat(end.error().getRetryable()).isFalse();
        assertThat(bench.jobs()).isEmpty();
    }

    private void turn(FoldBench on, int number, String said) {
        Entries entries = new Entries("c1", "turn-" + number);
        Entries.Run of = entries.run(1, "run-" + number);
        on.fold(
                entries.request("prompt " + number, request -> request.setJoinHistory(false)),
                of.taken(),
                of.start(),
                of.blockStart(0, BlockType.TEXT),
                of.text(said),
                of.blockStop(0),
                of.stop());
    }

    @Test
    void aHistoryOverTheLimitEndsTheAnswerBeforeAnyJob() {
        // Given
        FoldLimits standard = FoldLimits.standard();
        FoldBench small = new FoldBench(
                new FoldLimits(
                        standard.jobDeadline(),
                        standard.maxAnswerDuration(),
                        standard.toolResultsDeadline(),
                        standard.maxAnswerCharacters(),
                        10,
                        100,
                        standard.maxOpenCharacters()),
                Moderation.passThrough());
        small.fold(
                answer.request("a prompt of more than ten characters"),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.text("yes"),
                run.blockStop(0),
                run.stop());
        small.forget();

        // When
        small.fold(new Entries("c1", "r2").request("more"));

        // Then
        assertThat(small.jobs()).isEmpty();
        assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                .isEqualTo("history_too_long");
    }
}
