package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the fold makes of answers that a moderation service judges. */
class JudgedFoldTest {

    private static final RuleSet GATE = RuleFile.parse("""
            rules: [{id: stop, words: [goldfinger], action: block}]
            tier2: {id: guard, hold_characters: 10, hold_ms: 60000, context_characters: 6, max_hold: 64}
            """);
    private static final RuleSet OPEN = RuleFile.parse(
            "tier2: {id: guard, hold_characters: 10, hold_ms: 60000, max_hold: 64, on_timeout: open, action: flag}");
    private static final RuleSet AUDIT = RuleFile.parse("tier2: {id: guard, mode: audit, hold_characters: 10}");
    private static final RuleSet TIMED = RuleFile.parse("tier2: {hold_characters: 1000, hold_ms: 25}");

    private static final Moderation RULES = new RuleModeration(version -> List.of(GATE, OPEN, AUDIT, TIMED).stream()
            .filter(set -> set.version().equals(version))
            .findFirst()
            .map(RuleGates::new)
            .orElse(null));

    private final FoldBench bench = new FoldBench(FoldLimits.standard(), RULES);
    private final Entries entries = new Entries("c", "r");
    private final Entries.Run run = entries.run(1, "run");

    private void answering(RuleSet rules, String... texts) {
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(rules.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT));
        for (String text : texts) {
            bench.fold(run.text(text));
        }
    }

    private List<Question> asked() {
        return bench.of(Outcome.Ask.class).stream().map(Outcome.Ask::question).toList();
    }

    private static JournalEntry verdict(Question question, Question.Answer answer) {
        return new JournalEntry.Reported(question.answered(answer, "violence", null, 1));
    }

    private void judged(int question, Question.Answer answer) {
        bench.fold(verdict(asked().get(question), answer));
    }

    private static String text(List<TokenEvent> tape) {
        return tape.stream()
                .filter(TokenEvent.BlockDelta.class::isInstance)
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .collect(Collectors.joining());
    }

    private String text() {
        return text(bench.tape());
    }

    private List<String> types() {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    private List<Verdict> verdicts() {
        return bench.tape().stream()
                .filter(TokenEvent.Moderated.class::isInstance)
                .map(event -> ((TokenEvent.Moderated) event).verdict())
                .toList();
    }

    @Test
    void aGateShowsOnlyWhatAVerdictHasCovered() {
        // Given
        answering(GATE, "one two ", "three ", "four ");
        assertThat(asked()).singleElement().satisfies(question -> {
            assertThat(question.text()).isEqualTo("one two three ");
            assertThat(question.from()).isZero();
            assertThat(question.to()).isEqualTo(14);
        });
        assertThat(text()).isEmpty();

        // When
        judged(0, Question.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three ");
    }

    @Test
    void aBlocksEndAsksForTheRestAndTheLastWordWaitsForIt() {
        // Given
        answering(GATE, "one two ", "three ", "four");
        bench.fold(run.blockStop(0), run.stop());
        judged(0, Question.Answer.PASS);
        assertThat(asked()).hasSize(2).last().extracting(Question::text).isEqualTo("three four");
        assertThat(types()).doesNotContain("content_block_stop", "message_stop");

        // When
        judged(1, Question.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three four");
        assertThat(types()).endsWith("content_block_stop", "message_stop");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void anObjectionEndsTheAnswerAndStopsItsRun() {
        // Given
        answering(GATE, "one two three ");
        judged(0, Question.Answer.PASS);
        bench.fold(run.text("something awful"));

        // When
        judged(1, Question.Answer.OBJECT);

        // Then
        assertThat(text()).isEqualTo("one two three ");
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.getAction()).isEqualTo("block");
            assertThat(verdict.getRuleId()).isEqualTo("guard");
            assertThat(verdict.getCategory()).isEqualTo("violence");
            assertThat(verdict.getRuleSetVersion()).isEqualTo(GATE.version());
        });
        assertThat(bench.stoppedRuns()).containsExactly("run");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }

    @Test
    void verdictsOutOfOrderDoNotReorderTheText() {
        // Given
        answering(GATE, "one two three ", "four five six ");

        // When
        judged(1, Question.Answer.PASS);

        // Then
        assertThat(text()).isEmpty();

        // When
        judged(0, Question.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three four five six ");
    }

    @Test
    void withoutAVerdictAClosedGateEndsTheAnswer() {
        // Given
        answering(GATE, "one two three ");

        // When
        judged(0, Question.Answer.UNAVAILABLE);

        // Then
        assertThat(text()).isEmpty();
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }

    @Test
    void withoutAVerdictAnOpenGateShowsTheTextAndSaysSoOnce() {
        // Given
        answering(OPEN, "one two three ", "four five six ");

        // When
        judged(0, Question.Answer.UNAVAILABLE);
        judged(1, Question.Answer.UNAVAILABLE);
        bench.fold(run.blockStop(0), run.stop());

        // Then
        assertThat(text()).isEqualTo("one two three four five six ");
        assertThat(verdicts()).singleElement().extracting(Verdict::getAction).isEqualTo("flag");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
    }

    @Test
    void aFlagShowsTheTextAndTellsOfIt() {
        // Given
        answering(OPEN, "one two three ");

        // When
        judged(0, Question.Answer.OBJECT);

        // Then
        assertThat(text()).isEqualTo("one two three ");
        assertThat(types()).endsWith("content_block_delta", "moderation");
    }

    @Test
    void anAuditHoldsOnlyTheEnd() {
        // Given
        answering(AUDIT, "short");
        bench.fold(run.blockStop(0), run.stop());
        assertThat(text()).isEqualTo("short");
        assertThat(types()).endsWith("content_block_stop");

        // When
        judged(0, Question.Answer.OBJECT);

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
        assertThat(bench.completed().getFirst().getUsage().getOutputTokens()).isEqualTo(4);
    }

    @Test
    void anAuditStopsWhatFollows() {
        // Given
        answering(AUDIT, "one two three ");
        bench.fold(run.text("four "));
        assertThat(text()).isEqualTo("one two three four ");

        // When
        judged(0, Question.Answer.OBJECT);
        bench.fold(run.text("five "));

        // Then
        assertThat(text()).isEqualTo("one two three four ");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }

    @Test
    void aRepeatedVerdictAndOneForAnEndedAnswerSayNothing() {
        // Given
        answering(GATE, "one two three ");
        judged(0, Question.Answer.PASS);
        int said = bench.tape().size();

        // When
        judged(0, Question.Answer.OBJECT);

        // Then
        assertThat(bench.tape()).hasSize(said);

        // When the answer has ended
        bench.fold(run.stop());
        int ended = bench.tape().size();
        judged(0, Question.Answer.OBJECT);

        // Then
        assertThat(types()).endsWith("message_stop");
        assertThat(bench.tape()).hasSize(ended);
    }

    @Test
    void aVerdictOfAnOlderAttemptSaysNothing() {
        // Given an attempt that was lost with its question open, and the next one with a question of the same number
        answering(GATE, "one two three ");
        bench.fold(entries.lost(1, "run", 1_000));
        Entries.Run second = entries.run(2, "second");
        bench.fold(
                second.taken(), second.start(), second.blockStart(0, BlockType.TEXT), second.text("else altogether"));
        assertThat(asked()).hasSize(2);

        // When
        judged(0, Question.Answer.PASS);

        // Then
        assertThat(text()).isEmpty();
    }

    @Test
    void whatWaitsIsBounded() {
        // When
        answering(GATE, "0123456789".repeat(6), "0123456789");

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().extracting(Verdict::getCategory).isEqualTo("held_too_long");
    }

    @Test
    void noMoreThanFourQuestionsAreOpen() {
        // Given
        answering(GATE, "0123456789", "0123456789", "0123456789", "0123456789", "abcde", "fghij", "klm");
        assertThat(asked()).hasSize(JudgedLine.MAX_ASKED);

        // When
        judged(0, Question.Answer.PASS);

        // Then
        assertThat(asked()).hasSize(5).last().extracting(Question::text).isEqualTo("456789abcdefghijklm");
    }

    @Test
    void textThatIsOldEnoughIsAskedAboutToo() {
        // When tokens come 10 ms apart
        answering(TIMED, "a", "b", "c");
        assertThat(asked()).isEmpty();
        bench.fold(run.text("d"));

        // Then
        assertThat(asked()).singleElement().extracting(Question::text).isEqualTo("abcd");
    }

    @Test
    void verdictsThatNeverComeAreNotWaitedForForEver() {
        // Given
        answering(GATE, "one two three ");
        bench.fold(run.stop());
        bench.fold(entries.lost(1, null, -1));
        assertThat(types()).doesNotContain("cancelled");

        // When
        bench.passes(61);
        bench.fold(entries.lost(1, null, -1));

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts()).singleElement().extracting(Verdict::getCategory).isEqualTo("verdict_missing");
    }

    @Test
    void aCancelDoesNotWaitForVerdicts() {
        // Given
        answering(GATE, "one two three ");
        bench.fold(run.stop());

        // When
        bench.fold(entries.cancel("client_request"));

        // Then
        assertThat(text()).isEmpty();
        assertThat(types()).endsWith("cancelled");
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void aRuleThatBlocksDoesNotWaitForVerdicts() {
        // When
        answering(GATE, "one two three ", "goldfinger ");

        // Then
        assertThat(text()).isEmpty();
        assertThat(verdicts()).singleElement().extracting(Verdict::getRuleId).isEqualTo("stop");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }

    @Test
    void whatIsNotAskedAboutKeepsItsPlace() {
        // Given a block of thinking, which this policy does not judge, behind text that waits
        answering(GATE, "one two three ");
        bench.fold(
                run.blockStop(0),
                run.blockStart(1, BlockType.THINKING),
                run.delta(1, DeltaType.THINKING, "hm"),
                run.blockStop(1));
        assertThat(asked()).hasSize(1);

        // When
        judged(0, Question.Answer.PASS);

        // Then
        assertThat(text()).isEqualTo("one two three hm");
        assertThat(types())
                .endsWith("content_block_stop", "content_block_start", "content_block_delta", "content_block_stop");
    }

    @Test
    void everyRestartGivesTheSameTapeAndAsksAgainWhatHasNoVerdict() {
        // Given a journal with verdicts at odd places
        answering(GATE, "one two three ", "four five six ", "seven");
        Question first = asked().get(0);
        Question second = asked().get(1);
        List<JournalEntry> journal = new ArrayList<>();
        Entries.Run again = entries.run(1, "run");
        journal.add(entries.request("go on", request -> request.setRuleSetVersion(GATE.version())));
        journal.add(again.taken());
        journal.add(again.start());
        journal.add(again.blockStart(0, BlockType.TEXT));
        journal.add(again.text("one two three "));
        journal.add(again.text("four five six "));
        journal.add(verdict(second, Question.Answer.PASS));
        journal.add(again.text("seven"));
        journal.add(again.blockStop(0));
        journal.add(again.stop());
        journal.add(verdict(first, Question.Answer.PASS));
        Question third =
                new Question(first.key(), 1, 2, 0, 0, 28, 33, "e six seven", first.policy(), first.ruleSetVersion());
        journal.add(verdict(third, Question.Answer.OBJECT));
        List<TokenEvent> whole = new ArrayList<>();
        fold(journal, 0, whole);
        assertThat(text(whole)).isEqualTo("one two three four five six ");
        assertThat(EventJson.typeOf(whole.getLast())).isEqualTo("cancelled");

        for (int restart = 1; restart < journal.size(); restart++) {
            // When
            List<TokenEvent> tape = new ArrayList<>();
            List<Question> askedAgain = fold(journal, restart, tape);

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
                    .extracting(Question::number)
                    .containsExactlyElementsOf(unanswered);
        }
    }

    /** Folds a journal, interrupted once; returns what the fold after the interruption has still to ask. */
    private static List<Question> fold(List<JournalEntry> journal, int restart, List<TokenEvent> tape) {
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
        List<Question> open = new ArrayList<>();
        after.openQuestions(open::add);
        for (int offset = restart; offset < journal.size(); offset++) {
            after.apply(offset, offset * FoldBench.SECOND, journal.get(offset), outcome -> told(outcome, stores, tape));
        }
        return open;
    }

    private static void told(Outcome outcome, StoresInMemory stores, List<TokenEvent> tape) {
        stores.write(outcome);
        if (outcome instanceof Outcome.Publish(TokenEvent event)) {
            tape.add(event);
        }
    }
}
