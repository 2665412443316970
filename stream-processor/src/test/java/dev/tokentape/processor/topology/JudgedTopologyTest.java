package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.judge.QuestionSink;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.RuleBook;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Questions to a moderation service on their way out of the fold, and verdicts on their way back. */
class JudgedTopologyTest extends TopologyScene {

    private static final RuleGates RULES = new RuleGates(
            RuleFile.parse("tier2: {id: guard, applies_to: [prompt, text], hold_characters: 10, hold_ms: 60000}"));

    private final List<ModerationQuestion> asked = new ArrayList<>();
    private final List<Long> settled = new ArrayList<>();
    private final List<Integer> forgotten = new ArrayList<>();

    @Override
    Moderation moderation() {
        return new RuleModeration(new RuleBook() {
            @Override
            public @Nullable String current() {
                return RULES.ruleSet().version();
            }

            @Override
            public @Nullable RuleGates of(String version) {
                return version.equals(RULES.ruleSet().version()) ? RULES : null;
            }
        });
    }

    @Override
    QuestionSink judge() {
        return new QuestionSink() {
            @Override
            public void ask(ModerationQuestion question, int partition) {
                asked.add(question);
            }

            @Override
            public void settled(TokenEvent.VerdictReached verdict) {
                settled.add(verdict.envelope().sequence());
            }

            @Override
            public void forget(int partition) {
                forgotten.add(partition);
            }
        };
    }

    private void judged(int question, ModerationQuestion.Answer answer) {
        journal(new JournalEntry.Reported(asked.get(question).answered(answer, "hate", null, time.wallMicros())));
    }

    private void ask() {
        pipe(Topic.REQUESTS, "c1", codec.encode(Topic.REQUESTS, request(answer.request("Tell me."))));
    }

    @Test
    void aPromptsJobIsHandedOutWhenItsVerdictComesThroughTheJournal() {
        // Given
        ask();
        assertThat(asked).singleElement().extracting(ModerationQuestion::text).isEqualTo("Tell me.");
        assertThat(read(Topic.JOBS)).isEmpty();
        assertThat(tapeTypes()).isEmpty();

        // When
        judged(0, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(read(Topic.JOBS)).hasSize(1);
        assertThat(tapeTypes()).containsExactly("user_message");
        assertThat(settled).containsExactly(0L);
    }

    @Test
    void textStaysOffTheTapeUntilItsVerdictComes() {
        // Given
        ask();
        judged(0, ModerationQuestion.Answer.PASS);
        journal(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("ten characters"));
        assertThat(tapeTypes()).containsExactly("user_message", "message_start", "content_block_start");

        // When
        judged(1, ModerationQuestion.Answer.PASS);

        // Then
        assertThat(tapeTypes()).containsExactly("content_block_delta");
    }

    @Test
    void anObjectionStopsTheRunAndIsNeverFollowedByWhatItIsAbout() {
        // Given
        ask();
        judged(0, ModerationQuestion.Answer.PASS);
        journal(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("ten characters"));
        read(Topic.TOKENS);

        // When
        judged(1, ModerationQuestion.Answer.OBJECT);
        journal(run.text(" and more"), run.blockStop(0), run.stop());

        // Then
        assertThat(tapeTypes()).containsExactly("moderation", "cancelled");
        assertThat(codec.decode(read(Topic.CONTROL).getFirst().value(), ControlCommand.class)
                        .getRunId())
                .isEqualTo("run-a");
    }

    @Test
    void verdictsThatNeverComeAreReportedByTheWatchAndThePolicyDecides() {
        // Given
        ask();
        passes(Duration.ofSeconds(30));
        assertThat(tapeTypes()).isEmpty();

        // When
        passes(Duration.ofSeconds(40));

        // Then
        assertThat(tapeTypes()).containsExactly("user_message", "moderation", "cancelled");
        assertThat(read(Topic.JOBS)).isEmpty();
    }

    @Test
    void aPartitionThatIsGivenUpIsForgottenByTheJudge() {
        // Given
        ask();

        // When
        driver.close();

        // Then
        assertThat(forgotten).containsExactly(0);
        start();
    }
}
