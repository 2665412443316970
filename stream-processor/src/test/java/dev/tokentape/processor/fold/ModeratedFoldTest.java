package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the fold makes of what rules decide. */
class ModeratedFoldTest {

    private static final RuleSet RULES = RuleFile.parse("""
            redacted_thinking: drop
            rules:
              - {id: hide, words: [moonraker], mask: '***', applies_to: [text, thinking, tool_input, prompt]}
              - {id: note, words: [octopussy], action: flag, applies_to: [text, prompt]}
              - {id: stop, words: [goldfinger], action: block, applies_to: [text, prompt]}
              - {id: again, literals: [as an AI], action: regenerate, instruction: Just answer., first_tokens: 50, \
            max_attempts: 1}
            """);

    private final FoldBench bench = new FoldBench(
            FoldLimits.standard(),
            new RuleModeration(version -> version.equals(RULES.version()) ? new RuleGates(RULES) : null));
    private final Entries entries = new Entries("c", "r");
    private final Entries.Run run = entries.run(1, "run");

    private JournalEntry asked(String prompt) {
        return entries.request(prompt, request -> request.setRuleSetVersion(RULES.version()));
    }

    private void answering(String... texts) {
        bench.fold(asked("go on"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        for (String text : texts) {
            bench.fold(run.text(text));
        }
    }

    private String text() {
        return bench.tape().stream()
                .filter(TokenEvent.BlockDelta.class::isInstance)
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .collect(Collectors.joining());
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
    void aMaskedMatchIsToldBehindItsText() {
        // When
        answering("The moon", "raker", ", sir");
        bench.fold(run.blockStop(0), run.stop());

        // Then
        assertThat(text()).isEqualTo("The ***, sir");
        assertThat(types()).endsWith("moderation", "content_block_stop", "message_stop");
        assertThat(verdicts()).hasSize(1).first().satisfies(verdict -> {
            assertThat(verdict.getAction()).isEqualTo("redact");
            assertThat(verdict.getRuleId()).isEqualTo("hide");
            assertThat(verdict.getRuleSetVersion()).isEqualTo(RULES.version());
        });
        assertThat(bench.completed().getFirst().getText()).isEqualTo("The ***, sir");
    }

    @Test
    void aFlagChangesNothing() {
        // When
        answering("octo", "pussy it", " is");
        bench.fold(run.blockStop(0), run.stop());

        // Then
        assertThat(text()).isEqualTo("octopussy it is");
        assertThat(verdicts()).hasSize(1).first().extracting(Verdict::getAction).isEqualTo("flag");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.COMPLETED);
    }

    @Test
    void aBlockEndsTheAnswerBeforeTheMatchAndStopsTheRun() {
        // When
        answering("It was Gold", "finger", " all along");
        bench.fold(run.text(" and more"), run.stop());

        // Then
        assertThat(text()).isEqualTo("It was ");
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.stoppedRuns()).containsExactly("run");
        assertThat(bench.completed()).hasSize(1);
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
        assertThat(bench.completed().getFirst().getText()).isEqualTo("It was ");
    }

    @Test
    void aMatchThatOnlyTheEndMakesCertainEndsTheAnswerToo() {
        // When
        answering("It was goldfinger");
        bench.fold(run.stop());

        // Then
        assertThat(text()).isEqualTo("It was ");
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }

    @Test
    void aRefinedAnswerIsAskedForOnceAndThenTheAnswerIsBlocked() {
        // When
        answering("Well, as an", " AI I must");

        // Then
        assertThat(text()).isEqualTo("Well, ");
        assertThat(verdicts()).hasSize(1).first().extracting(Verdict::getAction).isEqualTo("regenerate");
        assertThat(bench.stoppedRuns()).containsExactly("run");
        assertThat(bench.jobs()).hasSize(2);
        assertThat(bench.jobs().getLast().getAttempt()).isEqualTo(2);
        assertThat(bench.jobs().getLast().getRequest().getSystem()).isEqualTo("Just answer.");

        // When the next attempt is no better
        Entries.Run second = entries.run(2, "second");
        bench.fold(second.taken(), second.start(), second.blockStart(0, BlockType.TEXT), second.text("As an AI I"));

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(verdicts().getLast().getAction()).isEqualTo("block");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
        assertThat(bench.jobs()).hasSize(2);
    }

    @Test
    void thinkingIsCutOffAndLosesItsSignature() {
        // Given
        bench.fold(asked("go on"), run.taken(), run.start(), run.blockStart(0, BlockType.THINKING));

        // When
        bench.fold(
                run.delta(0, DeltaType.THINKING, "about moonraker I know "),
                run.delta(0, DeltaType.SIGNATURE, "c2ln"),
                run.blockStop(0),
                run.stop());

        // Then
        assertThat(text()).isEqualTo("about ");
        assertThat(verdicts()).hasSize(1);
    }

    @Test
    void logProbabilitiesDoNotSpellOutWhatIsHeld() {
        // When
        answering("moonraker");
        bench.fold(run.delta(0, DeltaType.LOGPROBS, "[{\"token\":\"moonraker\"}]"), run.blockStop(0), run.stop());

        // Then
        assertThat(text()).isEqualTo("***");
    }

    @Test
    void promptsAreMaskedOrRefusedBeforeAnybodySeesThem() {
        // When
        bench.fold(asked("where is moonraker, octopussy?"));
        bench.fold(new Entries("c", "r2")
                .request("who is goldfinger", request -> request.setRuleSetVersion(RULES.version())));

        // Then
        assertThat(bench.tape().getFirst())
                .isInstanceOfSatisfying(
                        TokenEvent.UserMessage.class,
                        message -> assertThat(message.text()).isEqualTo("where is ***, octopussy?"));
        assertThat(bench.jobs()).hasSize(1);
        assertThat(bench.jobs()
                        .getFirst()
                        .getRequest()
                        .getMessages()
                        .getFirst()
                        .getParts()
                        .getFirst()
                        .getText())
                .isEqualTo("where is ***, octopussy?");
        assertThat(verdicts()).extracting(Verdict::getAction).containsExactlyInAnyOrder("redact", "flag", "block");
        assertThat(bench.tape()).noneMatch(event -> event.toString().contains("goldfinger"));
    }

    @Test
    void aVersionThatNobodyKnowsIsRefused() {
        // When
        bench.fold(entries.request("go on", request -> request.setRuleSetVersion("0123456789abcdef")));

        // Then
        assertThat(bench.jobs()).isEmpty();
        assertThat(verdicts()).hasSize(1).first().extracting(Verdict::getRuleId).isEqualTo("rules-unknown");
        assertThat(types()).endsWith("moderation", "cancelled");
    }

    @Test
    void nothingForbiddenLeavesBesideTheText() {
        // Given
        String json = "{\"quote\":\"the moon\\u0072aker\",\"tokens\":[\"moon\",\"raker\"]}";
        bench.fold(asked("go on"), run.taken(), run.start());

        // When
        bench.fold(
                run.blockStart(0, BlockType.TEXT),
                run.delta(0, DeltaType.TEXT, "fine "),
                run.delta(0, DeltaType.CITATION, json),
                run.delta(0, DeltaType.LOGPROBS, json),
                run.delta(0, DeltaType.OTHER, "the moonraker"),
                run.delta(0, DeltaType.DATA, "bW9vbnJha2Vy"),
                run.delta(0, DeltaType.REFUSAL, "no moonraker"),
                run.blockStop(0),
                run.stop());

        // Then
        assertThat(bench.completed()).hasSize(1);
        assertThat(bench.tape().toString() + bench.completed())
                .contains("fine ", "no ***")
                .doesNotContain("moonraker", "raker\"", "\\u0072", "bW9vbnJha2Vy");
    }

    @Test
    void aBlockThatIsFoundOnlyWhenTheRunIsLostEndsTheAnswerAsBlocked() {
        // Given text that is shown, and a match that waits for its end
        answering("It was ", "goldfinger");

        // When
        bench.fold(run.at(99).heartbeat());

        // Then
        assertThat(text()).isEqualTo("It was ");
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }
}
