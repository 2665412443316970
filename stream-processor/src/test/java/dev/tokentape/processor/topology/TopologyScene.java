package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.judge.QuestionSink;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.replay.PartitionReader;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
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
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The topology in a driver without a broker, to be fed with what comes next. */
abstract class TopologyScene {

    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration LONG_STEP = Duration.ofMinutes(10);
    static final Instant START = Instant.ofEpochSecond(10_000);

    final TopicCatalogue topics = new TopicCatalogue("t.", 1, (short) 1);
    final TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), topics);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Entries answer = new Entries("c1", "r1");
    final Entries.Run run = answer.run(1, "run-a");
    final Time time = new Time();
    final TapeReplayed taped = new TapeReplayed();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path state;

    @SuppressWarnings("NullAway.Init")
    TopologyTestDriver driver;

    /** The rules that requests are judged by. */
    Moderation moderation() {
        return Moderation.passThrough();
    }

    /** Where questions to a moderation service go. */
    QuestionSink judge() {
        return QuestionSink.NOBODY;
    }

    @BeforeEach
    void start() {
        FoldSettings settings = new FoldSettings(
                topics,
                codec,
                FoldLimits.standard(),
                moderation(),
                taped,
                Runnable::run,
                Duration.ofSeconds(10),
                time,
                new ProcessorMeters(registry),
                judge());
        Properties properties = new StreamsSettings(
                        new KafkaSettings("nowhere:1", Map.of()),
                        "t",
                        state,
                        "localhost:1",
                        1,
                        0,
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

    void pipe(Topic topic, @Nullable String key, byte @Nullable [] value) {
        TestInputTopic<byte[], byte[]> input =
                driver.createInputTopic(topics.name(topic), new ByteArraySerializer(), new ByteArraySerializer());
        input.pipeInput(
                new TestRecord<>(key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, time.instant()));
    }

    void journal(JournalEntry... entries) {
        for (JournalEntry entry : entries) {
            pipe(Topic.JOURNAL, entry.key().conversationId(), encoded(entry));
        }
    }

    byte[] encoded(JournalEntry entry) {
        return switch (entry) {
            case JournalEntry.Requested(GenerationRequest request) -> codec.encode(Topic.JOURNAL, request);
            case JournalEntry.Ordered(ControlCommand command) -> codec.encode(Topic.JOURNAL, command);
            case JournalEntry.Reported(TokenEvent event) -> codec.encode(Topic.JOURNAL, event);
        };
    }

    static GenerationRequest request(JournalEntry entry) {
        return ((JournalEntry.Requested) entry).request();
    }

    List<TestRecord<byte[], byte[]>> read(Topic topic) {
        return driver.createOutputTopic(topics.name(topic), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    List<String> tapeTypes() {
        return read(Topic.TOKENS).stream()
                .map(record -> EventJson.typeOf(codec.decodeEvent(record.value())))
                .toList();
    }

    static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** In longer steps, where nothing is open that the watch would look at. */
    void daysPass(Duration duration) {
        for (Duration left = duration; left.isPositive(); left = left.minus(LONG_STEP)) {
            time.pass(LONG_STEP);
            driver.advanceWallClockTime(LONG_STEP);
        }
    }

    /** In steps, as the watch has it: it looks again and again, and hears what it has written itself. */
    void passes(Duration duration) {
        Duration left = duration;
        while (left.isPositive()) {
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            time.pass(step);
            driver.advanceWallClockTime(step);
            left = left.minus(step);
        }
    }

    /** Clocks that stand still until told. */
    static final class Time implements Clocks {
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
    static final class TapeReplayed implements PartitionReader {
        final List<byte[]> events = new ArrayList<>();
        long since;

        @Override
        public long committed(String group, String topic, int partition) {
            return Envelope.NONE;
        }

        @Override
        public void readRange(String topic, int partition, long from, long until, Visitor visitor) {
            throw new AssertionError("nothing lies before the first record");
        }

        @Override
        public void readSince(String topic, int partition, long timestamp, Visitor visitor) {
            since = timestamp;
            for (int i = 0; i < events.size(); i++) {
                visitor.record(i, timestamp, null, events.get(i));
            }
        }
    }
}
