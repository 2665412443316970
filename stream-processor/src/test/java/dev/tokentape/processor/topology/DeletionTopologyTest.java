package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;

/** What becomes of the topics and stores of a conversation that is deleted. */
class DeletionTopologyTest extends TopologyScene {

    @Test
    void aDeleteGoesIntoTheJournalAndTombstonesEveryAnswer() {
        // Given an ended answer, and one that waits
        Entries waiting = new Entries("c1", "r2");
        journal(answer.request("hello"), run.taken(), run.start(), run.stop(), waiting.request("and?"));
        JournalEntry.Ordered deletion = (JournalEntry.Ordered) new Entries("c1", "d1").delete();
        read(Topic.RESPONSES);
        read(Topic.TOKENS);

        // When the order comes in at the front
        pipe(Topic.CONTROL, "c1", codec.encode(Topic.CONTROL, deletion.command()));

        // Then
        assertThat(codec.decode(read(Topic.JOURNAL).getFirst().value(), ControlCommand.class))
                .isEqualTo(deletion.command());
        assertThat(read(Topic.RESPONSES).stream()
                        .filter(record -> record.value() == null)
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8)))
                .containsExactlyInAnyOrder("c1/r1", "c1/r2");
        assertThat(read(Topic.TOKENS))
                .extracting(record -> EventJson.typeOf(codec.decodeEvent(record.value())))
                .containsExactly("cancelled", "conversation_deleted");
    }

    @Test
    void whatIsDeletedLeavesTheStoreWithinTheHalfHourAndItsTraceAfterTheTape() {
        // Given
        journal(answer.request("hello"), run.taken(), run.start(), run.stop(), new Entries("c1", "d1").delete());
        KeyValueStore<Bytes, byte[]> turns = driver.getKeyValueStore(FoldProcessor.TURNS);
        Bytes turn = TurnKeys.turn(answer.key(), 3);
        passes(Duration.ofMinutes(11));
        assertThat(turns.get(turn)).isNotNull();

        // When
        passes(Duration.ofMinutes(11));

        // Then the text is gone, and that there was an answer is still known
        assertThat(turns.get(turn)).isNull();
        assertThat(turns.get(TurnKeys.byResponse(answer.key()))).isNotNull();
        journal(answer.request("hello"));
        assertThat(read(Topic.JOBS)).hasSize(1);

        // And when the tape has forgotten it too, so does the store
        daysPass(Duration.ofDays(8));
        daysPass(Duration.ofMinutes(21));
        assertThat(turns.get(TurnKeys.byResponse(answer.key()))).isNull();
        assertThat(turns.get(TurnKeys.deletion("c1", 4))).isNull();
    }
}
