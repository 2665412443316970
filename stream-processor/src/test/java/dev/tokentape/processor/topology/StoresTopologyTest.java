package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** What the stores hold, and what is written to their changelogs. */
class StoresTopologyTest extends TopologyScene {

    @Test
    void anAnswerBegunByAnotherVersionEndsBehindWhatItsReadersHaveSeen() {
        // Given an open answer of another version, with two events on the tape
        KeyValueStore<Bytes, byte[]> index = driver.getKeyValueStore(FoldProcessor.RESPONSES);
        index.put(
                TurnKeys.utf8("c1/r1"),
                IndexEntry.opened(0, 5_000_000, FoldLimits.standard().version() + 1)
                        .toBytes());
        taped.events.add(codec.encode(
                Topic.TOKENS,
                new TokenEvent.UserMessage(Envelope.ofSystem("c1", "r1", 0, 5_000_000), "user", "hello")));
        taped.events.add(codec.encode(
                Topic.TOKENS,
                new TokenEvent.MessageStart(
                        Envelope.ofSystem("c1", "r1", 1, 5_000_000).withSequence(1),
                        "assistant",
                        null,
                        null,
                        null,
                        null)));

        // When
        passes(Duration.ofMillis(20));

        // Then
        assertThat(taped.since).isEqualTo(5_000);
        assertThat(read(Topic.TOKENS)).singleElement().satisfies(record -> {
            TokenEvent.Failed end = (TokenEvent.Failed) codec.decodeEvent(record.value());
            assertThat(end.envelope().sequence()).isEqualTo(2);
            assertThat(end.error().getCode()).isEqualTo("processor_restarted");
        });
        assertThat(IndexEntry.of(index.get(TurnKeys.utf8("c1/r1"))).isOpen()).isFalse();
    }

    @Test
    void twoAnswersOfOneConversationThatEndAtOneRecordAreBothKept() {
        // Given two open answers of another version
        KeyValueStore<Bytes, byte[]> index = driver.getKeyValueStore(FoldProcessor.RESPONSES);
        for (String response : List.of("c1/r1", "c1/r2")) {
            index.put(
                    TurnKeys.utf8(response),
                    IndexEntry.opened(0, 5_000_000, FoldLimits.standard().version() + 1)
                            .toBytes());
        }

        // When both are ended at the first record
        passes(Duration.ofMillis(20));

        // Then
        KeyValueStore<Bytes, byte[]> turns = driver.getKeyValueStore(FoldProcessor.TURNS);
        for (String response : List.of("r1", "r2")) {
            assertThat(codec.decode(turns.get(TurnKeys.turn(new ResponseKey("c1", response), 0)), Response.class)
                            .getResponseId())
                    .isEqualTo(response);
        }
    }

    @Test
    void nothingIsWrittenToAChangelogPerToken() {
        // Given
        journal(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));

        // When an answer of 500 tokens runs to its end
        for (int i = 0; i < 500; i++) {
            journal(run.text("word "));
        }
        journal(run.blockStop(0), run.stop());

        // Then its opening, its end, its turn and where that lies are all that was written
        assertThat(changelog(FoldProcessor.RESPONSES)).hasSize(2);
        assertThat(changelog(FoldProcessor.TURNS)).hasSize(2);
        assertThat(read(Topic.TOKENS)).hasSize(505);
    }

    private List<TestRecord<byte[], byte[]>> changelog(String store) {
        return driver.createOutputTopic(
                        "t-" + store + "-changelog", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    @Test
    void turnsAreFoundInTheOrderOfTheirQuestionsAndOlderOnesInThatOfTheirEnds() {
        // Given two answers, the second of which ended first; and three that a store of old knows by their ends alone
        Entries second = new Entries("c1", "r2");
        journal(answer.request("one"), second.request("two"), second.cancel("enough"), answer.cancel("enough"));
        KeyValueStore<Bytes, byte[]> turns = driver.getKeyValueStore(FoldProcessor.TURNS);
        for (long ended : new long[] {12, 10, 11}) {
            turns.put(
                    TurnKeys.byResponse(new ResponseKey("c2", "old-" + ended)),
                    ByteBuffer.allocate(Long.BYTES).putLong(ended).array());
        }

        // When
        List<Bytes> keys = TurnOrder.keys(turns, "c1", -1, 100);
        List<Bytes> old = TurnOrder.keys(turns, "c2", 10, 100);

        // Then
        assertThat(keys)
                .containsExactly(TurnKeys.turn(answer.key(), 3), TurnKeys.turn(second.key(), 2))
                .allSatisfy(key -> assertThat(turns.get(key)).isNotNull());
        assertThat(old)
                .containsExactly(
                        TurnKeys.turn(new ResponseKey("c2", "old-11"), 11),
                        TurnKeys.turn(new ResponseKey("c2", "old-12"), 12));
    }

    @Test
    void endedAnswersLeaveTheIndexAfterAnHour() {
        // Given
        journal(answer.request("hello"), answer.cancel("client_request"));
        KeyValueStore<Bytes, byte[]> index = driver.getKeyValueStore(FoldProcessor.RESPONSES);
        passes(Duration.ofMinutes(50));
        assertThat(index.get(TurnKeys.utf8("c1/r1"))).isNotNull();

        // When
        passes(Duration.ofMinutes(21));

        // Then
        assertThat(index.get(TurnKeys.utf8("c1/r1"))).isNull();
        KeyValueStore<Bytes, byte[]> turns = driver.getKeyValueStore(FoldProcessor.TURNS);
        assertThat(turns.get(TurnKeys.byResponse(new ResponseKey("c1", "r1")))).isNotNull();
    }

    @Test
    void aConversationOfAThousandTurnsGoesWithItsNextJob() {
        // Given
        for (int i = 0; i < 1_000; i++) {
            Entries turn = new Entries("c1", "turn-" + i);
            Entries.Run its = turn.run(1, "run-" + i);
            journal(
                    turn.request("prompt " + i, request -> request.setJoinHistory(false)),
                    its.taken(),
                    its.start(),
                    its.blockStart(0, BlockType.TEXT),
                    its.text("said " + i),
                    its.blockStop(0),
                    its.stop());
        }
        read(Topic.JOBS);

        // When
        journal(answer.request("and now?"));

        // Then
        GenerationJob job = codec.decode(read(Topic.JOBS).getFirst().value(), GenerationJob.class);
        assertThat(job.getHistory()).hasSize(2_000);
        assertThat(job.getHistory().getFirst().getParts().getFirst().getText()).isEqualTo("prompt 0");
        assertThat(job.getHistory().getLast().getParts().getFirst().getText()).isEqualTo("said 999");
    }
}
