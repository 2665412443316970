package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prompts that a moderation service judges, before readers see them and producers are asked. */
class JudgedPromptTest extends JudgedScene {

    private void ask(RuleSet rules, String prompt) {
        bench.fold(entries.request(prompt, request -> request.setRuleSetVersion(rules.version())));
    }

    private static JournalEntry stamped(JournalEntry results) {
        GenerationRequest request = ((JournalEntry.Requested) results).request();
        return new JournalEntry.Requested(GenerationRequest.newBuilder(request)
                .setRuleSetVersion(PROMPT.version())
                .build());
    }

    private String prompt() {
        return bench.tape().stream()
                .filter(TokenEvent.UserMessage.class::isInstance)
                .map(event -> ((TokenEvent.UserMessage) event).text())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPromptIsNeitherShownNorSentBeforeItsVerdict() {
        // Given
        ask(PROMPT, "Tell me.");
        assertThat(asked()).singleElement().extracting(ModerationQuestion::text).isEqualTo("Tell me.");
        assertThat(bench.tape()).isEmpty();
        assertThat(bench.jobs()).isEmpty();

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(prompt()).isEqualTo("Tell me.");
        assertThat(bench.jobs()).hasSize(1);
    }

    @Test
    void theAnswerToAJudgedPromptIsShownAsItComes() {
        // Given
        ask(PROMPT, "Tell me.");
        judged(0, ModerationQuestion.Answer.PASS);

        // When
        bench.fold(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("One."));

        // Then
        assertThat(text()).isEqualTo("One.");
        assertThat(asked()).hasSize(1);
    }

    @Test
    void anObjectionEndsTheAnswerWithoutShowingOrSendingThePrompt() {
        // Given
        ask(PROMPT, "Something awful.");

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(types()).containsExactly("user_message", "moderation", "cancelled");
        assertThat(prompt()).isEmpty();
        assertThat(((TokenEvent.Cancelled) bench.tape().getLast()).reason()).isEqualTo("prompt_blocked");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
        assertThat(bench.jobs()).isEmpty();
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void withoutAVerdictAClosedGateRefusesThePrompt() {
        // Given
        ask(PROMPT, "Tell me.");

        // When
        judged(0, ModerationQuestion.Answer.UNAVAILABLE);

        // Then
        assertThat(types()).containsExactly("user_message", "moderation", "cancelled");
        assertThat(prompt()).isEmpty();
        assertThat(bench.jobs()).isEmpty();
    }

    @Test
    void withoutAVerdictAnOpenGateSendsThePromptAndSaysSo() {
        // Given
        ask(PROMPT_OPEN, "Tell me.");

        // When
        judged(0, ModerationQuestion.Answer.UNAVAILABLE);

        // Then
        assertThat(types()).containsExactly("user_message", "moderation");
        assertThat(prompt()).isEqualTo("Tell me.");
        assertThat(verdicts()).singleElement().extracting(Verdict::getAction).isEqualTo("flag");
        assertThat(bench.jobs()).hasSize(1);
    }

    @Test
    void aFlagSendsThePromptAndTellsOfIt() {
        // Given
        ask(PROMPT_OPEN, "Tell me.");

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(types()).containsExactly("user_message", "moderation");
        assertThat(bench.jobs()).hasSize(1);
    }

    @Test
    void aVerdictThatNeverComesIsNotWaitedForForEver() {
        // Given
        ask(PROMPT, "Tell me.");
        bench.fold(entries.lost(1, null, -1));
        assertThat(bench.tape()).isEmpty();

        // When
        bench.passes(61);
        bench.fold(entries.lost(1, null, -1));

        // Then
        assertThat(types()).containsExactly("user_message", "moderation", "cancelled");
        assertThat(verdicts()).singleElement().extracting(Verdict::getCategory).isEqualTo("verdict_missing");
    }

    @Test
    void aCancelDoesNotWaitForTheVerdictAndShowsNoPrompt() {
        // Given
        ask(PROMPT, "Tell me.");

        // When
        bench.fold(entries.cancel("client_request"));

        // Then
        assertThat(types()).containsExactly("user_message", "cancelled");
        assertThat(prompt()).isEmpty();
    }

    @Test
    void anAuditSendsThePromptAtOnceAndHoldsOnlyTheEnd() {
        // Given
        ask(PROMPT_AUDIT, "Something awful.");
        assertThat(prompt()).isEqualTo("Something awful.");
        assertThat(bench.jobs()).hasSize(1);
        bench.fold(run.taken(), run.start(), run.stop());
        assertThat(types()).doesNotContain("message_stop");

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

        // Then
        assertThat(types()).endsWith("moderation", "cancelled");
        assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
    }

    @Test
    void aPromptWithoutAVerdictIsAskedAboutAgainByTheNextAttempt() {
        // Given
        ask(PROMPT_AUDIT, "Tell me.");
        long taken = bench.fold(run.taken());
        bench.fold(entries.lost(1, "run", taken));
        Entries.Run second = entries.run(2, "second");

        // When
        bench.fold(second.taken(), second.start(), second.stop());

        // Then
        assertThat(asked())
                .extracting(question -> question.attempt() + " " + question.text())
                .containsExactly("1 Tell me.", "2 Tell me.");
        judged(0, ModerationQuestion.Answer.OBJECT);
        assertThat(types()).doesNotContain("cancelled");
        judged(1, ModerationQuestion.Answer.PASS);
        assertThat(types()).endsWith("message_stop");
    }

    @Test
    void resultsOfToolsAreJudgedLikePrompts() {
        // Given an answer with two tool calls, and the result of one
        ask(PROMPT, "Tell me.");
        judged(0, ModerationQuestion.Answer.PASS);
        bench.fold(run.taken(), run.start());
        for (int block : List.of(0, 1)) {
            bench.fold(run.blockStart(block, BlockType.TOOL_USE), run.blockStop(block));
        }
        bench.fold(run.stop());
        Entries goingOn = new Entries("c", "r2");
        bench.forget();
        bench.fold(stamped(goingOn.results(entries, "call-0=12 degrees")));
        assertThat(bench.tape()).isEmpty();

        // When the other one comes, and both are judged
        bench.fold(stamped(goingOn.results(entries, "call-1=sunny")));
        judged(1, ModerationQuestion.Answer.PASS);
        assertThat(bench.tape()).isEmpty();
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(bench.tape())
                .extracting(event -> ((TokenEvent.UserMessage) event).text())
                .containsExactly("12 degrees", "sunny");
        assertThat(bench.jobs()).hasSize(1);
    }
}
