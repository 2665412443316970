package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RebuildTest {

    private final Entries answer = new Entries("c1", "r1");
    private final Entries.Run run = answer.run(1, "run-a");
    private final StoresInMemory stores = new StoresInMemory();
    private final List<FoldOutcome> said = new ArrayList<>();
    private final JournalFold fold = new JournalFold(FoldLimits.standard(), Moderation.passThrough(), stores, _ -> 0);

    private Rebuild rebuildAt(long until) {
        return new Rebuild(
                fold, stores, until, visitor -> Map.copyOf(stores.index).forEach(visitor));
    }

    private List<TokenEvent> tape() {
        return said.stream()
                .filter(FoldOutcome.Publish.class::isInstance)
                .map(outcome -> ((FoldOutcome.Publish) outcome).event())
                .toList();
    }

    @Test
    void withNothingOpenThereIsNothingToRead() {
        // Given one response that ended before, and one that begins later
        stores.index.put(answer.key(), IndexEntry.opened(3, 0, fold.version()).ended(9, 0));
        stores.index.put(new ResponseKey("c2", "r2"), IndexEntry.opened(20, 0, fold.version()));

        // When
        Rebuild rebuild = rebuildAt(10);

        // Then
        assertThat(rebuild.from()).isEqualTo(10);
        assertThat(rebuild.finish()).isEmpty();
    }

    @Test
    void aResponseWhoseEndWasStoredButNotCommittedIsStillOpen() {
        // Given
        stores.index.put(answer.key(), IndexEntry.opened(3, 0, fold.version()).ended(10, 0));

        // When
        Rebuild rebuild = rebuildAt(10);

        // Then
        assertThat(rebuild.from()).isEqualTo(3);
    }

    @Test
    void anEntryThatALateWriterLeftOpenIsPutRight() {
        // Given an index that says open, and a turn that says ended
        stores.index.put(answer.key(), IndexEntry.opened(3, 7, fold.version()));
        stores.terminals.put(answer.key(), 6L);

        // When
        Rebuild rebuild = rebuildAt(10);

        // Then
        assertThat(rebuild.from()).isEqualTo(10);
        assertThat(rebuild.repairs())
                .containsExactly(new FoldOutcome.Remember(
                        answer.key(), IndexEntry.opened(3, 7, fold.version()).ended(6, 7)));
    }

    @Test
    void aResponseWhoseBeginningIsGoneEndsWithAnErrorBehindWhatReadersHaveSeen() {
        // Given a journal that begins after the request, and a tape that shows four events
        stores.index.put(answer.key(), IndexEntry.opened(3, 7, fold.version()));
        FoldBench before = new FoldBench();
        before.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        before.fold(run.text("shown"));
        Rebuild rebuild = rebuildAt(10);
        rebuild.accept(8, 8, run.text("late"));
        Rebuild.Broken broken = rebuild.finish().getFirst();
        TapedResponse taped = new TapedResponse(broken);
        before.tape().forEach(taped::accept);
        before.tape().forEach(taped::accept);

        // When
        taped.end(Envelope.NONE, 10, 100, said::add);

        // Then
        assertThat(broken.reason()).isEqualTo(Rebuild.Reason.BEGINNING_GONE);
        TokenEvent.Failed end = (TokenEvent.Failed) tape().getFirst();
        assertThat(end.envelope().sequence()).isEqualTo(4);
        assertThat(end.error().getCode()).isEqualTo("processor_restarted");
        FoldOutcome.StoreTurn stored = (FoldOutcome.StoreTurn) said.getFirst();
        assertThat(stored.turn().getText()).isEqualTo("shown");
        assertThat(stored.turn().getStatus()).isEqualTo(ResponseStatus.FAILED);
        assertThat(stored.terminalOffset()).isEqualTo(10);
    }

    @Test
    void aResponseOfAnotherVersionEndsRatherThanChangesItsMind() {
        // Given
        stores.index.put(answer.key(), IndexEntry.opened(3, 7, fold.version() + 1));

        // When
        Rebuild rebuild = rebuildAt(10);

        // Then
        assertThat(rebuild.from()).isEqualTo(10);
        assertThat(rebuild.finish()).extracting(Rebuild.Broken::reason).containsExactly(Rebuild.Reason.OTHER_VERSION);
    }

    @Test
    void aResponseThatEndedOnTheTapeIsNotEndedTwice() {
        // Given a tape with the terminal event of an answer that cannot be folded again
        IndexEntry entry = IndexEntry.opened(3, 7, fold.version() + 1);
        TapedResponse taped = new TapedResponse(new Rebuild.Broken(answer.key(), entry, Rebuild.Reason.OTHER_VERSION));
        FoldBench before = new FoldBench();
        before.fold(answer.request("hello"), run.taken(), run.start(), run.stop());
        before.tape().forEach(taped::accept);

        // When
        taped.end(12, 10, 100, said::add);

        // Then
        assertThat(tape()).isEmpty();
        assertThat(((FoldOutcome.StoreTurn) said.getFirst()).turn().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(((FoldOutcome.StoreTurn) said.getFirst()).terminalOffset()).isEqualTo(12);
    }

    @Test
    void aRequestThatWasEndedUnderAnotherVersionIsNotOpenedAgain() {
        // Given an entry that lies ahead of the commit and was ended before its own request
        stores.index.put(
                answer.key(), IndexEntry.opened(12, 7, fold.version() + 1).ended(10, 8));

        // When its request is folded again
        fold.apply(12, 9, answer.request("hello"), said::add);

        // Then
        assertThat(said).isEmpty();
    }

    @Test
    void anEntrySurvivesItsBytes() {
        // Given
        IndexEntry entry = new IndexEntry(1, 2, 3, 4, -5);

        // When
        IndexEntry read = IndexEntry.of(entry.toBytes());

        // Then
        assertThat(read).isEqualTo(entry);
    }
}
