package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the fold makes of an order to delete a conversation. */
class DeletionTest {

    private final FoldBench bench = new FoldBench();
    private final Entries first = new Entries("c1", "r1");
    private final Entries second = new Entries("c1", "r2");
    private final Entries deletion = new Entries("c1", "d1");

    private List<String> types() {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    private void answered(Entries answer, String text) {
        Entries.Run run = answer.run(1, "run-" + answer.key().responseId());
        bench.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        bench.fold(run.text(text), run.blockStop(0), run.stop());
    }

    @Test
    void everyOpenAnswerEndsAndReadersAreToldLast() {
        // Given one that runs and one that waits for a producer
        Entries.Run run = first.run(1, "run-a");
        bench.fold(first.request("hello"), run.taken(), run.start(), second.request("and?"));
        bench.forget();

        // When
        bench.fold(deletion.delete());

        // Then both end, in the order in which they began, and the deletion stands alone behind them
        assertThat(types()).containsExactly("cancelled", "cancelled", "conversation_deleted");
        assertThat(bench.tape().subList(0, 2))
                .allSatisfy(event ->
                        assertThat(((TokenEvent.Cancelled) event).reason()).isEqualTo("deleted"));
        assertThat(bench.tape().getFirst().envelope().sequence()).isEqualTo(2);
        TokenEvent told = bench.tape().getLast();
        assertThat(told.envelope().responseId()).isEqualTo("d1");
        assertThat(told.envelope().sequence()).isZero();
        assertThat(told.isTerminal()).isTrue();
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void producersAreToldToCancelWhatRunsAndNotToBeginWhatWaits() {
        // Given
        bench.fold(first.request("hello"), first.run(1, "run-a").taken(), second.request("and?"));
        bench.forget();

        // When
        bench.fold(deletion.delete());

        // Then
        assertThat(bench.of(FoldOutcome.Stop.class))
                .extracting(
                        stop -> stop.command().getType() + " " + stop.command().getResponseId())
                .containsExactly("CANCEL r1", "CANCEL r2");
    }

    @Test
    void whatTheRunStillSaysIsForNobody() {
        // Given
        Entries.Run run = first.run(1, "run-a");
        bench.fold(first.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        bench.fold(deletion.delete());
        bench.forget();

        // When
        bench.fold(run.text("secret"), run.cancelled());

        // Then
        assertThat(bench.tape()).isEmpty();
    }

    @Test
    void everyReportOnAnAnswerIsTakenBackAlsoOfThoseThatEndHere() {
        // Given one ended answer, and one that runs
        answered(first, "done");
        bench.fold(second.request("and?"), second.run(1, "run-b").taken());
        bench.forget();

        // When
        bench.fold(deletion.delete());

        // Then what is said last of each is that there is none
        assertThat(bench.of(FoldOutcome.Retract.class))
                .extracting(retract -> retract.key().responseId())
                .containsExactlyInAnyOrder("r1", "r2");
        assertThat(bench.said.indexOf(new FoldOutcome.Retract(second.key())))
                .isGreaterThan(
                        bench.said.indexOf(bench.of(FoldOutcome.Complete.class).getFirst()));
    }

    @Test
    void theNextQuestionBeginsWithoutHistory() {
        // Given
        answered(first, "done");
        bench.fold(deletion.delete());
        bench.forget();

        // When
        bench.fold(second.request("who am I?"));

        // Then
        assertThat(bench.jobs())
                .singleElement()
                .satisfies(job -> assertThat(job.getHistory()).isEmpty());
    }

    @Test
    void anotherConversationIsLeftAlone() {
        // Given
        Entries other = new Entries("c2", "r9");
        Entries.Run run = other.run(1, "run-o");
        answered(first, "done");
        bench.fold(other.request("hello"), run.taken(), run.start());
        bench.forget();

        // When
        bench.fold(deletion.delete());
        bench.fold(run.stop());

        // Then
        assertThat(types()).containsExactly("conversation_deleted", "message_stop");
        assertThat(bench.of(FoldOutcome.Retract.class))
                .extracting(FoldOutcome.Retract::key)
                .containsExactly(first.key());
    }

    @Test
    void anOrderThatStandsInTheJournalTwiceCountsOnce() {
        // Given a new answer behind the first of the two
        bench.fold(deletion.delete());
        answered(second, "new");
        bench.forget();

        // When
        bench.fold(deletion.delete());

        // Then
        assertThat(bench.said).isEmpty();
        assertThat(bench.stores.turnsOf("c1")).hasSize(1);
    }

    @Test
    void aRepeatedRequestOfADeletedAnswerIsDropped() {
        // Given, an hour and more ago, so that the index knows nothing of it any more
        answered(first, "done");
        bench.fold(deletion.delete());
        bench.stores.index.clear();
        bench.stores.erase("c1", Long.MAX_VALUE);
        bench.forget();

        // When
        bench.fold(first.request("again"));

        // Then its number 0 is not said a second time
        assertThat(bench.said).isEmpty();
    }

    @Test
    void toolResultsForADeletedAnswerHaveNothingToContinue() {
        // Given an answer that called a tool
        Entries.Run run = first.run(1, "run-a");
        bench.fold(first.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TOOL_USE));
        bench.fold(run.delta(0, dev.tokentape.schemas.avro.DeltaType.INPUT_JSON, "{}"), run.blockStop(0), run.stop());
        bench.fold(deletion.delete());
        bench.forget();

        // When
        bench.fold(second.results(first, "call-0=42"));

        // Then
        assertThat(bench.tape().getLast())
                .isInstanceOfSatisfying(
                        TokenEvent.Failed.class,
                        end -> assertThat(end.error().getCode()).isEqualTo("nothing_to_continue"));
    }

    @Test
    void aDeleteOfNothingTellsReadersAllTheSame() {
        // When
        bench.fold(deletion.delete());

        // Then
        assertThat(types()).containsExactly("conversation_deleted");
        assertThat(bench.of(FoldOutcome.Stop.class))
                .extracting(stop -> stop.command().getType())
                .doesNotContain(ControlType.CANCEL);
    }
}
