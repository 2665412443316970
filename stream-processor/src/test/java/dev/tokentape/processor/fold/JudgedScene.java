package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A fold with one answer that a moderation service judges. */
abstract class JudgedScene {

    static final RuleSet GATE = RuleFile.parse("""
            rules: [{id: stop, words: [goldfinger], action: block}]
            tier2: {id: guard, hold_characters: 10, hold_ms: 60000, context_characters: 6, max_hold: 64}
            """);
    static final RuleSet OPEN = RuleFile.parse(
            "tier2: {id: guard, hold_characters: 10, hold_ms: 60000, max_hold: 64, on_timeout: open, action: flag}");
    static final RuleSet AUDIT = RuleFile.parse("tier2: {id: guard, mode: audit, hold_characters: 10}");
    static final RuleSet TIMED = RuleFile.parse("tier2: {hold_characters: 1000, hold_ms: 25}");

    static final RuleSet PROMPT = RuleFile.parse("tier2: {id: guard, applies_to: [prompt]}");
    static final RuleSet PROMPT_OPEN =
            RuleFile.parse("tier2: {id: guard, applies_to: [prompt], on_timeout: open, action: flag}");
    static final RuleSet PROMPT_AUDIT =
            RuleFile.parse("tier2: {id: guard, mode: audit, applies_to: [prompt, text], hold_characters: 10}");

    static final Moderation RULES =
            new RuleModeration(version -> Stream.of(GATE, OPEN, AUDIT, TIMED, PROMPT, PROMPT_OPEN, PROMPT_AUDIT)
                    .filter(set -> set.version().equals(version))
                    .findFirst()
                    .map(RuleGates::new)
                    .orElse(null));

    final FoldBench bench = new FoldBench(FoldLimits.standard(), RULES);
    final Entries entries = new Entries("c", "r");
    final Entries.Run run = entries.run(1, "run");

    void answering(RuleSet rules, String... texts) {
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(rules.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT));
        for (String text : texts) {
            bench.fold(run.text(text));
        }
    }

    List<ModerationQuestion> asked() {
        return bench.of(FoldOutcome.Ask.class).stream()
                .map(FoldOutcome.Ask::question)
                .toList();
    }

    static JournalEntry verdict(ModerationQuestion question, ModerationQuestion.Answer answer) {
        return new JournalEntry.Reported(question.answered(answer, "violence", null, 1));
    }

    void judged(int question, ModerationQuestion.Answer answer) {
        bench.fold(verdict(asked().get(question), answer));
    }

    static String text(List<TokenEvent> tape) {
        return tape.stream()
                .filter(TokenEvent.BlockDelta.class::isInstance)
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .collect(Collectors.joining());
    }

    String text() {
        return text(bench.tape());
    }

    List<String> types() {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    List<Verdict> verdicts() {
        return bench.tape().stream()
                .filter(TokenEvent.Moderated.class::isInstance)
                .map(event -> ((TokenEvent.Moderated) event).verdict())
                .toList();
    }
}
