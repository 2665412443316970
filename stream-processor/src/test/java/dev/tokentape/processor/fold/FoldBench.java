package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;

/** A fold with its stores, and everything it has said; a record a second, if not told otherwise. */
final class FoldBench {

    static final long SECOND = 1_000_000;

    final StoresInMemory stores = new StoresInMemory();
    final List<FoldOutcome> said = new ArrayList<>();
    private final JournalFold fold;
    private long offset;
    private long time = 10_000 * SECOND;

    FoldBench() {
        this(FoldLimits.standard(), Moderation.passThrough());
    }

    FoldBench(FoldLimits limits, Moderation moderation) {
        fold = new JournalFold(limits, moderation, stores, _ -> 0);
    }

    FoldBench(int jobBytes) {
        fold = new JournalFold(FoldLimits.standard(), Moderation.passThrough(), stores, _ -> jobBytes);
    }

    /** Folds an entry; returns its offset. */
    long fold(JournalEntry entry) {
        fold.apply(offset, time, entry, outcome -> {
            said.add(outcome);
            stores.write(outcome);
        });
        time += SECOND;
        return offset++;
    }

    void fold(JournalEntry... entries) {
        for (JournalEntry entry : entries) {
            fold(entry);
        }
    }

    void passes(long seconds) {
        time += seconds * SECOND;
    }

    JournalFold fold() {
        return fold;
    }

    void forget() {
        said.clear();
    }

    List<TokenEvent> tape() {
        return of(FoldOutcome.Publish.class).stream()
                .map(FoldOutcome.Publish::event)
                .toList();
    }

    List<GenerationJob> jobs() {
        return of(FoldOutcome.Dispatch.class).stream()
                .map(FoldOutcome.Dispatch::job)
                .toList();
    }

    List<String> stoppedRuns() {
        return of(FoldOutcome.Stop.class).stream()
                .map(stop -> stop.command().getRunId())
                .toList();
    }

    List<Response> completed() {
        return of(FoldOutcome.Complete.class).stream()
                .map(FoldOutcome.Complete::response)
                .toList();
    }

    <T extends FoldOutcome> List<T> of(Class<T> type) {
        return said.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
