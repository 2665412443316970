package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.event.TokenEvent;
import org.junit.jupiter.api.Test;

/** What readers get to see of runs. */
class ReleaseTest extends FoldScene {

    @Test
    void theOwnersEventsAreReleasedInOrderUnderTheResponsesOwnNumbers() {
        // Given
        running("Hel", "lo");

        // When
        bench.fold(run.blockStop(0), run.stop());

        // Then
        assertThat(types())
                .containsExactly(
                        "user_message",
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "message_stop");
        assertNumberedWithoutHole();
    }

    @Test
    void aRepeatedEventIsDropped() {
        // Given
        running("Hel");
        bench.forget();

        // When
        bench.fold(run.at(3).text("Hel"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void aSecondRunOfTheSameAttemptIsToldToStopAndNeverMixedIn() {
        // Given
        running("mine");
        Entries.Run second = answer.run(1, "run-b");
        bench.forget();

        // When
        bench.fold(second.taken(), second.start(), second.blockStart(0, BlockType.TEXT), second.text("other"));

        // Then
        assertThat(bench.tape()).isEmpty();
        assertThat(bench.stoppedRuns()).containsExactly("run-b");
    }

    @Test
    void aRunThatTakesAnEndedAnswerIsToldToStop() {
        // Given
        running("hi");
        bench.fold(run.stop());
        bench.forget();

        // When
        bench.fold(answer.run(1, "run-b").taken());

        // Then
        assertThat(bench.stoppedRuns()).containsExactly("run-b");
        assertThat(bench.of(FoldOutcome.Stop.class).getFirst().command().getType())
                .isEqualTo(ControlType.STOP_RUN);
    }

    @Test
    void aHeartbeatOfARunThatOwnsNothingIsAnsweredWithStop() {
        // Given
        running("hi");
        bench.forget();

        // When
        bench.fold(answer.run(1, "run-b").heartbeat());

        // Then
        assertThat(bench.stoppedRuns()).containsExactly("run-b");
    }

    @Test
    void anAnswerHasOneTerminalEventHoweverOftenItsRunSaysSo() {
        // Given
        running("hi");
        bench.fold(run.stop());

        // When
        bench.fold(run.at(4).stop(), run.stop(), run.cancelled());

        // Then
        assertThat(bench.tape()).filteredOn(TokenEvent::isTerminal).hasSize(1);
    }

    @Test
    void theTurnIsStoredBeforeItsTerminalEventIsPublished() {
        // Given
        running("Hel", "lo");
        bench.forget();

        // When
        long offset = bench.fold(run.stop());

        // Then
        assertThat(bench.said)
                .extracting(outcome -> outcome.getClass().getSimpleName())
                .containsExactly("StoreTurn", "Remember", "Publish", "Complete", "Measured");
        assertThat(bench.of(FoldOutcome.StoreTurn.class).getFirst().terminalOffset())
                .isEqualTo(offset);
        Response whole = bench.completed().getFirst();
        assertThat(whole.getText()).isEqualTo("Hello");
        assertThat(whole.getStatus()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(whole.getPrompt()).hasSize(1);
        assertThat(whole.getEndedAt()).isNotNull();
        assertThat(bench.stores.index)
                .hasEntrySatisfying(
                        answer.key(), entry -> assertThat(entry.terminal()).isEqualTo(offset));
    }

    @Test
    void whatIsHeldBackIsReleasedWhenTheBlockEnds() {
        // Given a gate that always keeps the last character
        FoldBench held = new FoldBench(FoldLimits.standard(), holdingOne());
        held.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));

        // When
        held.fold(run.text("ab"), run.text("c"), run.blockStop(0), run.stop());

        // Then
        assertThat(held.tape())
                .filteredOn(TokenEvent.BlockDelta.class::isInstance)
                .extracting(event -> ((TokenEvent.BlockDelta) event).text())
                .containsExactly("a", "b", "c");
        assertThat(types(held).subList(5, 8))
                .containsExactly("content_block_delta", "content_block_stop", "message_stop");
    }

    @Test
    void whatIsHeldBackOfABrokenOffBlockIsReleasedBeforeTheEnd() {
        // Given
        FoldBench held = new FoldBench(FoldLimits.standard(), holdingOne());
        held.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        held.fold(run.text("ab"));

        // When
        held.fold(run.stop());

        // Then
        assertThat(held.completed().getFirst().getText()).isEqualTo("ab");
    }
}
