package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Questions asked beside each other in one conversation: their turns have the order of their questions, whichever ends
 * first.
 */
class ParallelTurnsTest {

    private final FoldBench bench = new FoldBench();

    private static void begin(FoldBench bench, Entries answer, Entries.Run run) {
        bench.fold(answer.request("asks " + answer.key().responseId()), run.taken(), run.start());
        bench.fold(
                run.blockStart(0, BlockType.TEXT),
                run.text("says " + answer.key().responseId()));
    }

    private static void end(FoldBench bench, Entries.Run run) {
        bench.fold(run.blockStop(0), run.stop());
    }

    private List<String> lastHistory() {
        return bench.jobs().getLast().getHistory().stream()
                .map(message ->
                        message.getRole() + ": " + message.getParts().getFirst().getText())
                .toList();
    }

    @Test
    void theNextJobsHistoryHasThemInTheOrderOfTheirQuestions() {
        // Given three at once, the first of which ends last
        Entries one = new Entries("c1", "one");
        Entries two = new Entries("c1", "two");
        Entries three = new Entries("c1", "three");
        Entries.Run ofOne = one.run(1, "run-1");
        Entries.Run ofTwo = two.run(1, "run-2");
        Entries.Run ofThree = three.run(1, "run-3");
        begin(bench, one, ofOne);
        begin(bench, two, ofTwo);
        begin(bench, three, ofThree);
        end(bench, ofThree);
        end(bench, ofTwo);
        end(bench, ofOne);

        // When
        bench.fold(new Entries("c1", "four").request("and now?"));

        // Then
        assertThat(lastHistory())
                .containsExactly(
                        "user: asks one",
                        "assistant: says one",
                        "user: asks two",
                        "assistant: says two",
                        "user: asks three",
                        "assistant: says three");
    }

    @Test
    void aTurnIsStoredWithTheRecordThatPutItsQuestionOnTheTape() {
        // Given
        Entries one = new Entries("c1", "one");
        bench.fold(new Entries("c1", "other").request("something else"));
        long asked = bench.fold(one.request("hello"));

        // When
        long ended = bench.fold(one.cancel("client_request"));

        // Then
        assertThat(bench.of(FoldOutcome.StoreTurn.class)).singleElement().satisfies(stored -> {
            assertThat(stored.askedOffset()).isEqualTo(asked);
            assertThat(stored.terminalOffset()).isEqualTo(ended);
        });
    }

    @Test
    void whatWasAskedBehindToolCallsIsNotBetweenThemAndTheirResults() {
        // Given an answer that ends with a call, and one that was asked after it and ended before
        Entries calling = new Entries("c1", "calling");
        Entries.Run ofCalling = calling.run(1, "run-1");
        Entries beside = new Entries("c1", "beside");
        Entries.Run ofBeside = beside.run(1, "run-2");
        bench.fold(calling.request("what weather?"), ofCalling.taken(), ofCalling.start());
        begin(bench, beside, ofBeside);
        end(bench, ofBeside);
        bench.fold(ofCalling.blockStart(0, BlockType.TOOL_USE), ofCalling.delta(0, DeltaType.INPUT_JSON, "{}"));
        end(bench, ofCalling);

        // When its results come, and then another question
        Entries goingOn = new Entries("c1", "going-on");
        Entries.Run ofGoingOn = goingOn.run(1, "run-3");
        bench.fold(goingOn.results(calling, "call-0=sunny"));
        List<String> ofResults = lastHistory();
        bench.fold(ofGoingOn.taken(), ofGoingOn.start(), ofGoingOn.blockStart(0, BlockType.TEXT));
        bench.fold(ofGoingOn.text("take a hat"));
        end(bench, ofGoingOn);
        bench.fold(new Entries("c1", "last").request("thanks"));

        // Then
        assertThat(ofResults).containsExactly("user: what weather?", "assistant: null");
        assertThat(lastHistory())
                .containsExactly(
                        "user: what weather?",
                        "assistant: null",
                        "tool: sunny",
                        "assistant: take a hat",
                        "user: asks beside",
                        "assistant: says beside");
    }
}
