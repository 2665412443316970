package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import org.junit.jupiter.api.Test;

/** What becomes of cancels. */
class CancelTest extends FoldScene {

    @Test
    void aCancelBeforeAnyRunEndsTheAnswerAtOnce() {
        // Given
        bench.fold(answer.request("hello"));

        // When
        bench.fold(answer.cancel("client_request"));

        // Then
        TokenEvent.Cancelled end = (TokenEvent.Cancelled) last();
        assertThat(end.reason()).isEqualTo("client_request");
        assertThat(end.billingStops()).isEqualTo("yes");
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void aRunThatTakesACancelledAnswerIsStopped() {
        // Given
        bench.fold(answer.request("hello"), answer.cancel("client_request"));

        // When
        bench.fold(run.taken());

        // Then
        assertThat(bench.stoppedRuns()).containsExactly("run-a");
    }

    @Test
    void aCancelledRunningAnswerShowsNothingMoreUntilItsOneTerminalEvent() {
        // Given
        running("shown");
        bench.fold(answer.cancel("client_request"));
        bench.forget();

        // When
        bench.fold(run.text("not shown"), run.blockStop(0), run.cancelled());

        // Then
        assertThat(types()).containsExactly("cancelled");
        assertThat(bench.completed().getFirst().getText()).isEqualTo("shown");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.CANCELLED);
    }

    @Test
    void anAnswerThatFinishesDespiteItsCancelIsCancelledWithItsUsage() {
        // Given
        running("shown");
        bench.fold(answer.cancel("client_request"));

        // When
        bench.fold(run.stop());

        // Then
        TokenEvent.Cancelled end = (TokenEvent.Cancelled) last();
        assertThat(end.reason()).isEqualTo("client_request");
        assertThat(end.billingStops()).isEqualTo("no");
        assertThat(end.usage()).isNotNull();
    }

    @Test
    void aRunThatStopsByItselfBeforeTheCancelIsSeenEndsTheAnswerOnce() {
        // Given
        running("shown");
        bench.fold(run.cancelled());
        bench.forget();

        // When
        bench.fold(answer.cancel("client_request"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aCancelledAnswerWhoseRunDiesEndsAsCancelled() {
        // Given
        running("shown");
        bench.fold(answer.cancel("client_request"));

        // When
        bench.fold(answer.lost(1, "run-a", 100));

        // Then
        assertThat(((TokenEvent.Cancelled) last()).reason()).isEqualTo("client_request");
        assertThat(bench.jobs()).hasSize(1);
    }

    @Test
    void aCancelThatOvertakesItsRequestStillCounts() {
        // Given
        bench.fold(answer.cancel("client_request"));

        // When
        bench.fold(answer.request("hello"));

        // Then
        assertThat(types()).containsExactly("user_message", "cancelled");
        assertThat(bench.jobs()).isEmpty();
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void aCancelWithoutARequestIsForgottenAfterTheJobDeadline() {
        // Given
        bench.fold(answer.cancel("client_request"));
        bench.fold(answer.lost(0, null, Envelope.NONE));
        assertThat(bench.fold().openCount()).isEqualTo(1);
        bench.passes(60);

        // When
        bench.fold(answer.lost(0, null, Envelope.NONE));

        // Then
        assertThat(bench.fold().openCount()).isZero();
        assertThat(bench.stores.index).isEmpty();
        assertThat(bench.tape()).isEmpty();
    }
}
