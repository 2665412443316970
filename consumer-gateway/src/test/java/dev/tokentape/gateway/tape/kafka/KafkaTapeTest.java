package dev.tokentape.gateway.tape.kafka;

import static dev.tokentape.gateway.tape.read.Shown.names;
import static dev.tokentape.gateway.tape.read.Shown.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.read.Events;
import dev.tokentape.gateway.tape.read.FakeGateway;
import dev.tokentape.gateway.tape.read.Shown;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicAdmin;
import dev.tokentape.schemas.topic.TopicCatalogue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaTapeTest {

    private static final Duration ENOUGH = Duration.ofSeconds(40);
    private static final int LENGTH = 60;

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;
    private static KafkaSettings kafka;
    private static Admin admin;

    private final List<KafkaTape> tapes = new ArrayList<>();
    private TopicCatalogue topics;
    private TapeCodec codec;
    private KafkaProducer<String, byte[]> producer;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(EmbeddedKafkaConfig.in(folder));
        kafka = new KafkaSettings(broker.bootstrapServers(), Map.of());
        admin = Admin.create(kafka.properties());
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void createTopics(TestInfo test) {
        topics = new TopicCatalogue(test.getTestMethod().orElseThrow().getName() + ".", 2, (short) 1);
        codec = new TapeCodec(SchemaRegistry.open("memory:"), topics);
        new TopicAdmin(admin, topics).create();
        Map<String, Object> properties = kafka.properties();
        properties.put("linger.ms", 5);
        properties.put("batch.size", 1 << 18);
        producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        tapes.forEach(KafkaTape::close);
        producer.close();
    }

    private Tape tape(TapeConfig config) {
        KafkaTape started = KafkaTape.start(kafka, topics, codec, config, new SimpleMeterRegistry());
        tapes.add(started);
        await().atMost(ENOUGH).until(started.tape()::ready);
        return started.tape();
    }

    private void write(String conversation, String response, int from, int to) {
        for (int sequence = from; sequence < to; sequence++) {
            TokenEvent event = Events.event(conversation, response, sequence, LENGTH);
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(
                    topics.name(Topic.TOKENS),
                    topics.partitionOf(conversation),
                    conversation,
                    codec.encode(Topic.TOKENS, event));
            TokenHeaders.setPublishedAt(record.headers(), System.currentTimeMillis() * 1_000);
            var unused = producer.send(record);
        }
        producer.flush();
    }

    private static List<Frame> read(Reader reader, int frames) {
        List<Frame> read = new ArrayList<>();
        await().atMost(ENOUGH).pollInterval(Duration.ofMillis(2)).until(() -> {
            read.addAll(FakeGateway.drain(reader));
            return read.size() >= frames;
        });
        return read;
    }

    private static Reader after(Tape tape, String conversation, String cursor) {
        return tape.read(new ReadRequest(conversation, null, new ReadRequest.Start.After(cursor)), () -> {});
    }

    private static Reader live(Tape tape, String conversation) {
        return tape.read(new ReadRequest(conversation, null, new ReadRequest.Start.Now()), () -> {});
    }

    @Test
    void everyCursorOfAnAnswerGivesExactlyTheRestHereAndAtAnotherGateway() {
        // Given
        Tape first = tape(TapeConfig.DEFAULTS);
        Reader reader = live(first, "c");
        write("c", "r", 0, LENGTH);
        List<Frame> all = read(reader, LENGTH);
        assertThat(names(all)).isEqualTo(range("r", 0, LENGTH));
        Tape second = tape(TapeConfig.DEFAULTS);
        Tape tiny = tape(TapeConfig.DEFAULTS.withSegmentBytes(1));

        for (Tape tape : List.of(first, second, tiny)) {
            for (int i = 0; i < LENGTH - 1; i += 7) {
                // When
                List<Frame> rest = read(after(tape, "c", all.get(i).cursor()), LENGTH - 1 - i);

                // Then
                assertThat(names(rest)).isEqualTo(range("r", i + 1, LENGTH));
            }
        }
        assertThat(second.response("c", "r")).isPresent();
        assertThat(tiny.response("c", "r")).isEmpty();
    }

    @Test
    void eachRecordIsReadOnceHoweverOftenThePaceChanges() {
        // Given
        TopicPartition partition = new TopicPartition(topics.name(Topic.TOKENS), topics.partitionOf("c"));
        List<Long> offsets = new ArrayList<>();
        int changes = 0;
        int rounds = 0;
        int answers = 20;
        try (PacedConsumer consumer = new PacedConsumer(kafka)) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            boolean gathered = consumer.gathers();
            for (; changes < 4 && rounds < 20; rounds++) {
                for (int i = 0; i < answers; i++) {
                    write("c", "r" + rounds + "-" + i, 0, LENGTH);
                }

                // When much is read, and then nothing comes until records are fetched one by one again
                long end = (rounds + 1L) * answers * LENGTH;
                long deadline = System.nanoTime() + ENOUGH.toNanos();
                while ((consumer.position(partition) < end || consumer.gathers()) && System.nanoTime() < deadline) {
                    consumer.poll().forEach(record -> offsets.add(record.offset()));
                    changes += gathered == consumer.gathers() ? 0 : 1;
                    gathered = consumer.gathers();
                }
            }
        }

        // Then
        assertThat(changes).isGreaterThanOrEqualTo(4);
        assertThat(offsets)
                .containsExactlyElementsOf(LongStream.range(0, (long) rounds * answers * LENGTH)
                        .boxed()
                        .toList());
    }

    @Test
    void readerIsHandedFromAScanToTheLiveSegment() {
        // Given
        Tape tape = tape(TapeConfig.DEFAULTS.withSegmentBytes(20_000));
        Reader other = live(tape, "c");
        write("c", "r", 0, 40);
        List<Frame> start = read(other, 40);
        for (int i = 0; i < 4; i++) {
            write("d", "filler" + i, 0, LENGTH);
        }
        Reader late = after(tape, "c", start.getFirst().cursor());
        List<Frame> before = read(late, 39);

        // When
        write("c", "r", 40, LENGTH);

        // Then
        assertThat(names(before)).isEqualTo(range("r", 1, 40));
        assertThat(names(read(late, LENGTH - 40))).isEqualTo(range("r", 40, LENGTH));
    }

    @Test
    void cursorOfRecordsThatRetentionHasTakenIsAGap() throws Exception {
        // Given a cursor, and that the log was cut behind it, while nothing is held in memory
        String conversation = "cut";
        Tape tape = tape(TapeConfig.DEFAULTS.withSegmentBytes(1));
        Reader live = live(tape, conversation);
        write(conversation, "r", 0, LENGTH);
        List<Frame> all = read(live, LENGTH);
        TopicPartition partition = new TopicPartition(topics.name(Topic.TOKENS), topics.partitionOf(conversation));
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(LENGTH / 2)))
                .all()
                .get();

        // When reading goes on after it, and after one that was not cut off
        List<Frame> lost = read(after(tape, conversation, all.get(3).cursor()), 1);
        List<Frame> good = read(after(tape, conversation, all.get(LENGTH - 10).cursor()), 9);

        // Then the first is told, and the second gets the rest
        assertThat(Shown.names(lost)).containsExactly("gap:cursor_too_old");
        assertThat(Shown.names(good)).isEqualTo(range("r", LENGTH - 9, LENGTH));
    }

    @Test
    void topicCreatedAnewIsAGapForRunningReadersAndOldCursors() throws Exception {
        // Given
        Tape tape = tape(TapeConfig.DEFAULTS);
        Reader reader = live(tape, "c");
        write("c", "r", 0, 10);
        String cursor = read(reader, 10).getLast().cursor();

        // When
        admin.deleteTopics(List.of(topics.name(Topic.TOKENS))).all().get(30, TimeUnit.SECONDS);
        await().atMost(ENOUGH)
                .until(() -> new TopicAdmin(admin, topics).create().contains(topics.name(Topic.TOKENS)));

        // Then
        assertThat(names(read(reader, 1))).containsExactly("gap:log_recreated");
        await().atMost(ENOUGH).until(tape::ready);
        Reader resumed = after(tape, "c", cursor);
        assertThat(names(read(resumed, 1))).containsExactly("gap:log_recreated");
        write("c", "s", 0, 5);
        assertThat(names(read(resumed, 5))).isEqualTo(range("s", 0, 5));
        assertThat(names(read(reader, 5))).isEqualTo(range("s", 0, 5));
    }
}
