package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The wall clock beside the fold. */
class WatchTopologyTest extends TopologyScene {

    @Test
    void toolResultsThatDoNotComeAreReportedByTheWatch() {
        // Given one of two results
        journal(
                answer.request("what now?"),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TOOL_USE),
                run.blockStop(0),
                run.blockStart(1, BlockType.TOOL_USE),
                run.blockStop(1),
                run.stop(),
                new Entries("c1", "r2").results(answer, "call-1=sunny"));
        passes(Duration.ofMinutes(14));
        read(Topic.TOKENS);

        // When
        passes(Duration.ofMinutes(2));

        // Then
        assertThat(read(Topic.TOKENS))
                .singleElement()
                .satisfies(record -> assertThat(((TokenEvent.Failed) codec.decodeEvent(record.value()))
                                .error()
                                .getCode())
                        .isEqualTo("tool_results_missing"));
    }

    @Test
    void anAssignedPartitionWakesItself() {
        // Given nothing in the journal

        // When
        passes(Duration.ofMillis(20));

        // Then
        assertThat(read(Topic.JOURNAL))
                .singleElement()
                .satisfies(
                        record -> assertThat(codec.decodeEvent(record.value())).isInstanceOf(TokenEvent.Wake.class));
        assertThat(read(Topic.DEAD_LETTERS)).isEmpty();
        assertThat(registry.get("tokentape.processor.folded").counter().count()).isEqualTo(1);
    }

    @Test
    void aSilentRunIsReportedIntoTheJournalAndItsAttemptTriedAgain() {
        // Given
        journal(answer.request("hello"), run.taken());
        passes(Duration.ofSeconds(1));
        read(Topic.JOURNAL);
        read(Topic.JOBS);

        // When
        passes(Duration.ofSeconds(11));

        // Then
        assertThat(read(Topic.JOURNAL).stream()
                        .filter(record -> !(codec.decodeEvent(record.value()) instanceof TokenEvent.Wake)))
                .singleElement()
                .satisfies(record -> {
                    TokenEvent.AttemptLost report = (TokenEvent.AttemptLost) codec.decodeEvent(record.value());
                    assertThat(report.lastOffset()).isEqualTo(1);
                    assertThat(record.key()).isEqualTo("c1".getBytes(StandardCharsets.UTF_8));
                });
        assertThat(codec.decode(read(Topic.JOBS).getFirst().value(), GenerationJob.class)
                        .getAttempt())
                .isEqualTo(2);
        assertThat(codec.decode(read(Topic.CONTROL).getFirst().value(), ControlCommand.class)
                        .getRunId())
                .isEqualTo("run-a");
    }

    @Test
    void anAnswerThatTakesTooLongIsEndedThoughItsRunIsAlive() {
        // Given a run that beats its heart for the twenty minutes that an answer may take
        journal(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("one"));
        for (int second = 0; second < 20 * 60 - 5; second += 5) {
            passes(Duration.ofSeconds(5));
            journal(run.heartbeat());
        }
        assertThat(tapeTypes())
                .containsExactly("user_message", "message_start", "content_block_start", "content_block_delta");

        // When
        passes(Duration.ofSeconds(6));

        // Then
        assertThat(read(Topic.TOKENS))
                .singleElement()
                .satisfies(record -> assertThat(((TokenEvent.Failed) codec.decodeEvent(record.value()))
                                .error()
                                .getCode())
                        .isEqualTo("answer_timed_out"));
        assertThat(codec.decode(read(Topic.CONTROL).getFirst().value(), ControlCommand.class)
                        .getRunId())
                .isEqualTo("run-a");
    }
}
