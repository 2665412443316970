package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Verdicts, questions and restarts. */
class JudgedRestartTest extends JudgedScene {

    @Test
    void everyRestartGivesTheSameTapeAndAsksAgainWhatHasNoVerdict() {
        // Given a journal with verdicts at odd places
        answering(GATE, "one two three ", "four five six ", "seven");
        ModerationQuestion first = asked().get(0);
        ModerationQuestion second = asked().get(1);
        List<JournalEntry> journal = new ArrayList<>();
        Entries.Run again = entries.run(1, "run");
        journal.add(entries.request("go on", request -> request.setRuleSetVersion(GATE.version())));
        journal.add(again.taken());
        journal.add(again.start());
        journal.add(again.blockStart(0, BlockType.TEXT));
        journal.add(again.text("one two three "));
        journal.add(again.text("four five six "));
        journal.add(verdict(second, ModerationQuestion.Answer.PASS));
        journal.add(again.text("seven"));
        journal.add(again.blockStop(0));
        journal.add(again.stop());
        journal.add(verdict(first, ModerationQuestion.Answer.PASS));
        ModerationQuestion third = new ModerationQuestion(
                first.key(), 1, 2, 0, 0, 28, 33, "e six seven", first.policy(), first.ruleSetVersion());
        journal.add(verdict(third, ModerationQuestion.Answer.OBJECT));
        List<TokenEvent> whole = new ArrayList<>();
        fold(journal, 0, whole);
        assertThat(text(whole)).isEqualTo("one two three four five six ");
        assertThat(EventJson.typeOf(whole.getLast())).isEqualTo("cancelled");

        for (int restart = 1; restart < journal.size(); restart++) {
            // When
            List<TokenEvent> tape = new ArrayList<>();
            List<ModerationQuestion> askedAgain = fold(journal, restart, tape);

            // Then
            assertThat(tape).as("restart at %d", restart).isEqualTo(whole);
            List<Long> unanswered = new ArrayList<>();
            if (restart > 4 && restart <= 10) {
                unanswered.add(0L);
            }
            if (restart == 6) {
                unanswered.add(1L);
            }
            if (restart > 8) {
                unanswered.add(2L);
            }
            assertThat(askedAgain)
                    .as("asked again at %d", restart)
                    .extracting(ModerationQuestion::number)
                    .containsExactlyElementsOf(unanswered);
        }
    }

    /** Folds a journal, interrupted once; returns what the fold after the interruption has still to ask. */
    private static List<ModerationQuestion> fold(List<JournalEntry> journal, int restart, List<TokenEvent> tape) {
        StoresInMemory stores = new StoresInMemory();
        JournalFold before = new JournalFold(FoldLimits.standard(), RULES, stores, _ -> 0);
        for (int offset = 0; offset < restart; offset++) {
            before.apply(
                    offset, offset * FoldBench.SECOND, journal.get(offset), outcome -> told(outcome, stores, tape));
        }
        JournalFold after = new JournalFold(FoldLimits.standard(), RULES, stores, _ -> 0);
        Rebuild rebuild = new Rebuild(
                after, stores, restart, visitor -> Map.copyOf(stores.index).forEach(visitor));
        for (long offset = rebuild.from(); offset < restart; offset++) {
            rebuild.accept(offset, offset * FoldBench.SECOND, journal.get((int) offset));
        }
        assertThat(rebuild.finish()).isEmpty();
        List<ModerationQuestion> open = new ArrayList<>();
        after.openQuestions(open::add);
        for (int offset = restart; offset < journal.size(); offset++) {
            after.apply(offset, offset * FoldBench.SECOND, journal.get(offset), outcome -> told(outcome, stores, tape));
        }
        return open;
    }

    private static void told(FoldOutcome outcome, StoresInMemory stores, List<TokenEvent> tape) {
        stores.write(outcome);
        if (outcome instanceof FoldOutcome.Publish(TokenEvent event)) {
            tape.add(event);
        }
    }
}
