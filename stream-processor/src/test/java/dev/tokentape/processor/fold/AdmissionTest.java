package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.event.TokenEvent;
import org.junit.jupiter.api.Test;

/** What becomes of requests. */
class AdmissionTest extends FoldScene {

    @Test
    void aRequestPutsTheUsersTurnOnTheTapeAndHandsOutAJob() {
        // Given an empty journal
        // When a request comes
        bench.fold(answer.request("hello"));

        // Then
        TokenEvent.UserMessage turn = (TokenEvent.UserMessage) last();
        assertThat(turn.text()).isEqualTo("hello");
        assertThat(turn.role()).isEqualTo("user");
        assertThat(turn.envelope().sequence()).isZero();
        assertThat(turn.envelope().attempt()).isZero();
        assertThat(turn.envelope().provider()).isEqualTo("openai");
        assertThat(bench.jobs()).singleElement().satisfies(job -> {
            assertThat(job.getAttempt()).isEqualTo(1);
            assertThat(job.getHistory()).isEmpty();
            assertThat(job.getDeadline().getEpochSecond()).isEqualTo(10_060);
        });
    }

    @Test
    void aRepeatedRequestIsDroppedWhileItsAnswerIsOpen() {
        // Given
        bench.fold(answer.request("hello"));
        bench.forget();

        // When
        bench.fold(answer.request("hello"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aRepeatedRequestIsDroppedAfterItsAnswerHasEnded() {
        // Given
        running("hi");
        bench.fold(run.stop());
        bench.forget();

        // When
        bench.fold(answer.request("hello"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aRepeatedRequestIsDroppedEvenWhenTheIndexHasForgottenItsAnswer() {
        // Given
        running("hi");
        bench.fold(run.stop());
        bench.stores.index.clear();
        bench.forget();

        // When
        bench.fold(answer.request("hello"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void theSameResponseIdInAnotherConversationIsAnotherResponse() {
        // Given
        bench.fold(answer.request("hello"));

        // When
        bench.fold(new Entries("c2", "r1").request("other"));

        // Then
        assertThat(bench.jobs()).extracting(job -> job.getConversationId()).containsExactly("c1", "c2");
    }

    @Test
    void aRefusedPromptIsNeitherShownNorSent() {
        // Given
        FoldBench strict = new FoldBench(FoldLimits.standard(), refusing());

        // When
        strict.fold(answer.request("forbidden"));

        // Then
        assertThat(strict.jobs()).isEmpty();
        assertThat(types(strict)).containsExactly("user_message", "moderation", "cancelled");
        assertThat(((TokenEvent.UserMessage) strict.tape().getFirst()).text()).isEmpty();
        assertThat(strict.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }
}
