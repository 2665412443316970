package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.codec.TrustedClasses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Measures the pure fold, one thread, answers of 1,000 tokens, 100 at a time; prints, and asserts only what came out. */
class FoldThroughputTest {

    private static final int ANSWERS = 100;
    private static final int TOKENS = 1_000;
    private static final int ROUNDS = 8;

    static {
        TrustedClasses.ensure();
    }

    @Test
    void everyTokenOfManyInterleavedAnswersIsReleased() {
        for (int round = 1; round <= ROUNDS; round++) {
            // Given
            List<JournalEntry> journal = journal(round);
            StoresInMemory stores = new StoresInMemory();
            JournalFold fold = new JournalFold(FoldLimits.standard(), Moderation.passThrough(), stores, _ -> 0);
            long[] published = new long[1];

            // When
            long started = System.nanoTime();
            for (int offset = 0; offset < journal.size(); offset++) {
                fold.apply(offset, offset, journal.get(offset), outcome -> {
                    if (outcome instanceof Outcome.Publish) {
                        published[0]++;
                    } else {
                        stores.write(outcome);
                    }
                });
            }
            double seconds = (System.nanoTime() - started) / 1e9;

            // Then
            assertThat(published[0]).isEqualTo((long) ANSWERS * (TOKENS + 5));
            if (round == ROUNDS) {
                System.out.printf("FoldThroughputTest: %,.0f events/s%n", journal.size() / seconds);
            }
        }
    }

    private static List<JournalEntry> journal(int round) {
        List<JournalEntry> journal = new ArrayList<>();
        List<Entries.Run> runs = new ArrayList<>();
        for (int i = 0; i < ANSWERS; i++) {
            Entries answer = new Entries("c" + round + "-" + i, "r" + i);
            Entries.Run run = answer.run(1, "run-" + i);
            runs.add(run);
            journal.addAll(
                    List.of(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT)));
        }
        for (int token = 0; token < TOKENS; token++) {
            for (Entries.Run run : runs) {
                journal.add(run.text("word "));
            }
        }
        for (Entries.Run run : runs) {
            journal.add(run.blockStop(0));
            journal.add(run.stop());
        }
        return journal;
    }
}
