package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.judge.Asking;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.replay.PartitionReader;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorTopologyTest {

    private static final Instant START = Instant.ofEpochSecond(10_000);

    private final TopicCatalogue topics = new TopicCatalogue("t.", 1, (short) 1);
    private final TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), topics);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Entries answer = new Entries("c1", "r1");
    private final Entries.Run run = answer.run(1, "run-a");
    private final Time time = new Time();
    private final TapeReplayed taped = new TapeReplayed();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path state;

    @SuppressWarnings("NullAway.Init")
    private TopologyTestDriver driver;

    @BeforeEach
    void start() {
        FoldSettings settings = new FoldSettings(
                topics,
                codec,
                FoldLimits.standard(),
                Moderation.passThrough(),
                taped,
                Duration.ofSeconds(10),
                time,
                new ProcessorMeters(registry),
                Asking.NOBODY);
        Properties properties = new StreamsSettings(
                        new KafkaSettings("nowhere:1", Map.of()),
                        "t",
                        state,
                        "localhost:1",
                        1,
                        (short) 1,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(6))
                .properties();
        driver = new TopologyTestDriver(ProcessorTopology.build(settings), properties, START);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void pipe(Topic topic, @Nullable String key, byte @Nullable [] value) {
        TestInputTopic<byte[], byte[]> input =
                driver.createInputTopic(topics.name(topic), new ByteArraySerializer(), new ByteArraySerializer());
        input.pipeInput(
                new TestRecord<>(key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, time.instant()));
    }

    private void journal(JournalEntry... entries) {
        for (JournalEntry entry : entries) {
            pipe(Topic.JOURNAL, entry.key().conversationId(), encoded(entry));
        }
    }

    private byte[] encoded(JournalEntry entry) {
        return switch (entry) {
            case JournalEntry.Requested(GenerationRequest request) -> codec.encode(Topic.JOURNAL, request);
            case JournalEntry.Ordered(ControlCommand command) -> codec.encode(Topic.JOURNAL, command);
            case JournalEntry.Reported(TokenEvent event) -> codec.encode(Topic.JOURNAL, event);
        };
    }

    private static GenerationRequest request(JournalEntry entry) {
        return ((JournalEntry.Requested) entry).request();
    }

    private List<TestRecord<byte[], byte[]>> read(Topic topic) {
        return driver.createOutputTopic(topics.name(topic), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private List<String> tapeTypes() {
        return read(Topic.TOKENS).stream()
                .map(record -> EventJson.typeOf(codec.decodeEvent(record.value())))
                .toList();
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private void passes(Duration duration) {
        time.pass(duration);
        driver.advanceWallClockTime(duration);
    }

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
    void onlyCancelsAreForwardedFromControl() {
        // Given
        journal(answer.request("hello"));
        ControlCommand cancel = ((JournalEntry.Ordered) answer.cancel("client_request")).command();
        ControlCommand stop = ControlCommand.newBuilder(cancel)
                .setType(ControlType.STOP_RUN)
                .setRunId("run-a")
                .build();

        // When
        pipe(Topic.CONTROL, "c1", codec.encode(Topic.CONTROL, stop));
        pipe(Topic.CONTROL, "c1", codec.encode(Topic.CONTROL, cancel));

        // Then
        assertThat(tapeTypes()).containsExactly("user_message", "cancelled");
        assertThat(read(Topic.JOURNAL)).hasSize(1);
        assertThat(read(Topic.DEAD_LETTERS)).isEmpty();
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
    void aRecordThatNobodyUnderstandsGoesToTheDeadLettersAndTheStreamGoesOn() {
        // Given
        byte[] poison = {1, 2, 3};

        // When
        pipe(Topic.JOURNAL, "c1", poison);
        journal(answer.request("hello"));

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo(poison);
            assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("t.llm.tokens.raw");
            assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo("0");
            assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
            assertThat(header(letter, DeadLetters.REASON)).contains("wire format");
        });
        assertThat(tapeTypes()).containsExactly("user_message");
        assertThat(registry.get("tokentape.processor.dead.letters").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aRequestUnderAnotherKeyIsADeadLetter() {
        // Given
        byte[] request = codec.encode(Topic.REQUESTS, request(answer.request("hello")));

        // When
        pipe(Topic.REQUESTS, "c2", request);
        pipe(Topic.REQUESTS, null, request);
        pipe(Topic.REQUESTS, "c1", null);

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).hasSize(3);
        assertThat(read(Topic.JOURNAL)).isEmpty();
    }

    @Test
    void aRequestWithAnIdThatIsNoneIsADeadLetter() {
        // Given
        GenerationRequest request = request(new Entries("a/b", "r1").request("hello"));

        // When
        pipe(Topic.REQUESTS, "a/b", codec.encode(Topic.REQUESTS, request));

        // Then
        assertThat(header(read(Topic.DEAD_LETTERS).getFirst(), DeadLetters.REASON))
                .contains("conversation id");
    }

    @Test
    void aRecordTooLargeForTheTapeIsALetterThatSaysWhereItLies() {
        // Given
        byte[] large = new byte[RecordLimits.MAX_VALUE_BYTES + 1];

        // When
        pipe(Topic.JOURNAL, "c1", large);

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isNull();
            assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
        });
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
        assertThat(read(Topic.JOURNAL)).singleElement().satisfies(record -> {
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
        passes(Duration.ofDays(8));
        passes(Duration.ofMinutes(21));
        assertThat(turns.get(TurnKeys.byResponse(answer.key()))).isNull();
        assertThat(turns.get(TurnKeys.deletion("c1", 4))).isNull();
    }

    /** Measures the step with decoding, encoding and the driver's own work, one thread; prints what it measured. */
    @Test
    void everyTokenOfALongAnswerIsReleased() {
        // Given
        int tokens = 20_000;
        journal(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 4 * tokens; i++) {
            values.add(encoded(run.text("word ")));
        }
        TestInputTopic<byte[], byte[]> input = driver.createInputTopic(
                topics.name(Topic.JOURNAL), new ByteArraySerializer(), new ByteArraySerializer());
        byte[] key = "c1".getBytes(StandardCharsets.UTF_8);
        values.subList(0, 3 * tokens).forEach(value -> input.pipeInput(key, value));
        read(Topic.TOKENS);

        // When
        long started = System.nanoTime();
        values.subList(3 * tokens, 4 * tokens).forEach(value -> input.pipeInput(key, value));
        double seconds = (System.nanoTime() - started) / 1e9;

        // Then
        assertThat(read(Topic.TOKENS)).hasSize(tokens);
        System.out.printf("ProcessorTopologyTest: %,.0f events/s through the driver%n", tokens / seconds);
    }

    /** Clocks that stand still until told. */
    private static final class Time implements Clocks {
        private Instant now = START;

        void pass(Duration duration) {
            now = now.plus(duration);
        }

        Instant instant() {
            return now;
        }

        @Override
        public long wallMicros() {
            return now.toEpochMilli() * 1000;
        }

        @Override
        public long nanos() {
            return now.toEpochMilli() * 1_000_000;
        }
    }

    /** A tape to be read back; the journal is not, since in this driver it begins with the first record. */
    private static final class TapeReplayed implements PartitionReader {
        private final List<byte[]> events = new ArrayList<>();
        private long since;

        @Override
        public void readRange(String topic, int partition, long from, long until, Visitor visitor) {
            throw new AssertionError("nothing lies before the first record");
        }

        @Override
        public void readSince(String topic, int partition, long timestamp, Visitor visitor) {
            since = timestamp;
            for (int i = 0; i < events.size(); i++) {
                visitor.record(i, timestamp, events.get(i));
            }
        }
    }
}
