package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** What the fold says, on its way to topics and stores. */
class FoldTopologyTest extends TopologyScene {

    @Test
    void aRequestBecomesAUsersTurnAndAJob() {
        // Given
        GenerationRequest request = request(answer.request("hello"));

        // When
        pipe(Topic.REQUESTS, "c1", codec.encode(Topic.REQUESTS, request));

        // Then
        assertThat(tapeTypes()).containsExactly("user_message");
        assertThat(read(Topic.JOBS)).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo("c1".getBytes(StandardCharsets.UTF_8));
            assertThat(codec.decode(record.value(), GenerationJob.class).getResponseId())
                    .isEqualTo("r1");
        });
    }

    @Test
    void aWholeAnswerReachesEveryTopic() {
        // Given
        journal(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));

        // When
        journal(run.text("hi"), run.blockStop(0), run.stop());

        // Then
        List<TestRecord<byte[], byte[]>> tape = read(Topic.TOKENS);
        assertThat(tape).hasSize(6).allSatisfy(record -> {
            assertThat(TokenHeaders.publishedAt(record.headers())).isEqualTo(time.wallMicros());
            assertThat(record.timestamp()).isEqualTo(time.instant().toEpochMilli());
        });
        assertThat(read(Topic.RESPONSES)).singleElement().satisfies(record -> {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("c1/r1");
            assertThat(codec.decode(record.value(), Response.class).getText()).isEqualTo("hi");
        });
        assertThat(read(Topic.METRICS))
                .singleElement()
                .satisfies(record -> assertThat(codec.decode(record.value(), ResponseMetrics.class)
                                .getDeltas())
                        .isEqualTo(1));
        KeyValueStore<Bytes, byte[]> turns = driver.getKeyValueStore(FoldProcessor.TURNS);
        assertThat(codec.decode(turns.get(TurnKeys.turn(answer.key(), 6)), Response.class)
                        .getText())
                .isEqualTo("hi");
        KeyValueStore<Bytes, byte[]> index = driver.getKeyValueStore(FoldProcessor.RESPONSES);
        assertThat(IndexEntry.of(index.get(TurnKeys.utf8("c1/r1"))).terminal()).isEqualTo(6);
        assertThat(registry.get("tokentape.processor.folded").counter().count()).isEqualTo(7);
        assertThat(registry.get("tokentape.processor.open.responses").gauge().value())
                .isZero();
    }

    @Test
    void theNextPromptSeesTheFinishedTurn() {
        // Given
        journal(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        journal(run.text("hi"), run.blockStop(0), run.stop());
        read(Topic.JOBS);

        // When
        journal(new Entries("c1", "r2").request("and?"));

        // Then
        assertThat(codec.decode(read(Topic.JOBS).getFirst().value(), GenerationJob.class)
                        .getHistory())
                .hasSize(2);
    }

    @Test
    void theResultsOfToolsBecomeAJobOfTheContinuingAnswer() {
        // Given an answer that calls two tools
        journal(
                answer.request("what now?"),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TOOL_USE),
                run.delta(0, DeltaType.INPUT_JSON, "{}"),
                run.blockStop(0),
                run.blockStart(1, BlockType.TOOL_USE),
                run.blockStop(1),
                run.stop());
        read(Topic.TOKENS);
        read(Topic.JOBS);
        Entries goingOn = new Entries("c1", "r2");

        // When their results come as two requests
        for (String result : List.of("call-1=sunny", "call-0=12 degrees")) {
            pipe(Topic.REQUESTS, "c1", codec.encode(Topic.REQUESTS, request(goingOn.results(answer, result))));
        }

        // Then
        assertThat(read(Topic.TOKENS))
                .extracting(record -> ((TokenEvent.UserMessage) codec.decodeEvent(record.value())).toolCallId())
                .containsExactly("call-1", "call-0");
        assertThat(read(Topic.JOBS)).singleElement().satisfies(record -> {
            GenerationJob job = codec.decode(record.value(), GenerationJob.class);
            assertThat(job.getResponseId()).isEqualTo("r2");
            assertThat(job.getHistory()).hasSize(2);
            assertThat(job.getRequest().getMessages().getFirst().getParts())
                    .extracting(Part::getText)
                    .containsExactly("12 degrees", "sunny");
        });
        assertThat(read(Topic.DEAD_LETTERS)).isEmpty();
    }
}
