package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.ResponseStatus;
import org.junit.jupiter.api.Test;

/** Text that readers see before a moderation service has judged it. */
class JudgedAuditTest extends JudgedScene {

    @Test
    void anAuditHoldsOnlyTheEnd() {
        // Given
        answering(AUDIT, "short");
        bench.fold(run.blockStop(0), run.stop());
        assertThat(text()).isEqualTo("short");
        assertThat(types()).endsWith("content_block_stop");

        // When
        judged(0, ModerationQuestion.Answer.OBJECT);

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
        judged(0, ModerationQuestion.Answer.OBJECT);
        bench.fold(run.text("five "));

        // Then
        assertThat(text()).isEqualTo("one two three four ");
        assertThat(bench.stoppedRuns()).containsExactly("run");
    }
}
