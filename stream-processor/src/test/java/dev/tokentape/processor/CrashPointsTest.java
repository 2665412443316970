package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.fold.FoldOutcome;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.fold.StoresInMemory;
import dev.tokentape.processor.judge.QuestionSink;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.replay.KafkaPartitionReader;
import dev.tokentape.processor.replay.ReplayThreads;
import dev.tokentape.processor.topology.Clocks;
import dev.tokentape.processor.topology.FoldSettings;
import dev.tokentape.processor.topology.ProcessorMeters;
import dev.tokentape.processor.topology.ProcessorTopology;
import dev.tokentape.processor.topology.StreamsSettings;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real application on a real broker, stopped again and again between its outputs, its stores and its commit; what
 * it puts on the tape in the end is, byte for byte, what the pure fold says to the same journal.
 *
 * <p>A crash comes when the application asks for the time: before an event goes on the tape, and so also between a turn
 * that was stored and its terminal event, between two outputs of one record, and before a wake. The clock leaps, too.
 */
class CrashPointsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int CRASHES = Thorough.either(8, 25);
    private static final int ANSWERS = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    /** The end of a stream thread, at a moment that chance has chosen. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Crash() {
            super("a crash, as planned");
        }
    }

    /** Wall clocks that leap by hours, and every now and then kill who asks. */
    private static final class Killing implements Clocks {
        private final SplittableRandom random;
        private int crashes;
        private int left;

        private Killing(long seed) {
            random = new SplittableRandom(seed);
            left = 20;
        }

        @Override
        public synchronized long wallMicros() {
            if (crashes < CRASHES && left-- == 0) {
                crashes++;
                left = random.nextInt(60);
                throw new Crash();
            }
            long leap = random.nextInt(10) == 0
                    ? Duration.ofHours(random.nextInt(-5, 6)).toNanos() / 1000
                    : 0;
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) + leap;
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        private synchronized int crashes() {
            return crashes;
        }
    }

    @Test
    void anApplicationStoppedBetweenItsOutputsItsStoresAndItsCommitSaysWhatTheFoldSays() {
        long seed = Long.getLong("tokentape.seed", System.nanoTime());
        System.out.println("CrashPointsTest seed: " + seed + " (-Dtokentape.seed)");
        SplittableRandom random = new SplittableRandom(seed);
        Killing clocks = new Killing(random.nextLong());
        try (Cluster cluster = new Cluster(directory);
                ReplayThreads replays = new ReplayThreads();
                KafkaStreams streams = application(cluster, clocks, replays)) {
            // Given a journal of answers, some with zombies, cancels, tools, and a record nobody understands
            List<Entries> answers = write(cluster, random);
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            Cluster.Tape letters = cluster.reader(Topic.DEAD_LETTERS);

            // When the application works on it and dies
            streams.start();
            await().dontCatchUncaughtExceptions()
                    .atMost(PATIENCE)
                    .until(() -> tape.events().stream()
                                    .filter(TokenEvent::isTerminal)
                                    .map(event -> ResponseKey.of(event.envelope()))
                                    .distinct()
                                    .count()
                            == answers.size());
            streams.close(Duration.ofSeconds(30));

            // Then
            Map<ResponseKey, List<Bytes>> said = withoutRepeats(cluster, tape);
            Map<ResponseKey, List<Bytes>> folded = foldedAtOnce(cluster);
            long events = said.values().stream().mapToLong(List::size).sum();
            System.out.printf(
                    "CrashPointsTest: %d crashes, %d answers, %d events, %d published again%n",
                    clocks.crashes(), answers.size(), events, tape.records.size() - events);
            assertThat(clocks.crashes()).isGreaterThan(5);
            assertThat(said).isEqualTo(folded);
            assertThat(letters.poll())
                    .isNotEmpty()
                    .allSatisfy(letter -> assertThat(letter.value()).isEqualTo(new byte[] {1, 2, 3}));
        }
    }

    private KafkaStreams application(Cluster cluster, Clocks clocks, ReplayThreads replays) {
        KafkaSettings kafka = new KafkaSettings(cluster.kafka.bootstrapServers(), Map.of());
        FoldSettings fold = new FoldSettings(
                cluster.topics,
                cluster.codec,
                FoldLimits.standard(),
                Moderation.passThrough(),
                new KafkaPartitionReader(kafka, "crash-points"),
                replays,
                Duration.ofSeconds(60),
                clocks,
                new ProcessorMeters(new SimpleMeterRegistry()),
                QuestionSink.NOBODY);
        StreamsSettings settings = new StreamsSettings(
                kafka,
                "crash-points",
                directory.resolve("state"),
                "localhost:1",
                1,
                0,
                (short) 1,
                Duration.ofMillis(100),
                Duration.ofMillis(1_500));
        KafkaStreams streams = new KafkaStreams(ProcessorTopology.build(fold), settings.properties());
        streams.setUncaughtExceptionHandler(failure -> causedByCrash(failure)
                ? StreamThreadExceptionResponse.REPLACE_THREAD
                : StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        return streams;
    }

    private static boolean causedByCrash(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Crash) {
                return true;
            }
        }
        return false;
    }

    private static List<Entries> write(Cluster cluster, SplittableRandom random) {
        List<Entries> answers = new ArrayList<>();
        List<Entries.Run> runs = new ArrayList<>();
        for (int i = 0; i < ANSWERS; i++) {
            Entries answer = new Entries("conversation-" + i % 10, "answer-" + i);
            Entries.Run run = answer.run(1, "run-" + i);
            answers.add(answer);
            runs.add(run);
            cluster.journal(answer.request("prompt " + i));
            cluster.journal(run.taken());
            cluster.journal(run.start());
            cluster.journal(run.blockStart(0, BlockType.TEXT));
        }
        for (int turn = 0; turn < 15; turn++) {
            for (int i = 0; i < ANSWERS; i++) {
                cluster.journal(runs.get(i).text("word-" + random.nextInt(1_000) + " "));
                if (i % 5 == 0) {
                    cluster.journal(answers.get(i).run(1, "zombie-" + i).text("never shown "));
                }
            }
            cluster.poison("conversation-" + turn % 10);
        }
        for (int i = 0; i < ANSWERS; i++) {
            cluster.journal(runs.get(i).blockStop(0));
            if (i % 3 == 0) {
                cluster.journal(answers.get(i).cancel("client_request"));
                cluster.journal(runs.get(i).cancelled());
            } else {
                cluster.journal(runs.get(i).blockStart(1, BlockType.TOOL_USE));
                cluster.journal(runs.get(i).delta(1, DeltaType.INPUT_JSON, "{}"));
                cluster.journal(runs.get(i).blockStop(1));
                cluster.journal(runs.get(i).stop());
                Entries continuing = new Entries(answers.get(i).key().conversationId(), "after-" + i);
                answers.add(continuing);
                cluster.journal(continuing.results(answers.get(i), "call-1=result " + i));
                Entries.Run run = continuing.run(1, "run-after-" + i);
                cluster.journal(run.taken());
                cluster.journal(run.start());
                cluster.journal(run.stop());
            }
        }
        cluster.flush();
        return answers;
    }

    /** The tape as a reader has it who drops what it has seen; fails where something is missing or said differently. */
    private static Map<ResponseKey, List<Bytes>> withoutRepeats(Cluster cluster, Cluster.Tape tape) {
        Map<ResponseKey, List<Bytes>> seen = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : tape.poll()) {
            TokenEvent event = cluster.codec.decodeEvent(record.value());
            List<Bytes> events = seen.computeIfAbsent(ResponseKey.of(event.envelope()), _ -> new ArrayList<>());
            int sequence = (int) event.envelope().sequence();
            assertThat(sequence).as("nothing is missing").isLessThanOrEqualTo(events.size());
            if (sequence < events.size()) {
                assertThat(Bytes.wrap(record.value())).as("said again").isEqualTo(events.get(sequence));
            } else {
                events.add(Bytes.wrap(record.value()));
            }
        }
        return seen;
    }

    /** What a fold says to the journal that has never been interrupted. */
    private static Map<ResponseKey, List<Bytes>> foldedAtOnce(Cluster cluster) {
        Cluster.Tape journal = cluster.reader(Topic.JOURNAL);
        long written = journal.written();
        await().atMost(PATIENCE).until(() -> journal.poll().size() >= written);
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> partitions = new TreeMap<>();
        journal.records.forEach(record -> partitions
                .computeIfAbsent(record.partition(), _ -> new ArrayList<>())
                .add(record));
        Map<ResponseKey, List<Bytes>> said = new HashMap<>();
        partitions.values().forEach(records -> {
            StoresInMemory stores = new StoresInMemory();
            JournalFold fold = new JournalFold(
                    FoldLimits.standard(),
                    Moderation.passThrough(),
                    stores,
                    job -> cluster.codec.encode(Topic.JOBS, job).length);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                try {
                    fold.apply(record.offset(), record.timestamp() * 1000, entry(cluster, record), outcome -> {
                        stores.write(outcome);
                        if (outcome instanceof FoldOutcome.Publish(TokenEvent event)) {
                            said.computeIfAbsent(ResponseKey.of(event.envelope()), _ -> new ArrayList<>())
                                    .add(Bytes.wrap(cluster.codec.encode(Topic.TOKENS, event)));
                        }
                    });
                } catch (BadRecordException _) {
                    // As in the application, it changes nothing.
                }
            }
        });
        return said;
    }

    private static JournalEntry entry(Cluster cluster, ConsumerRecord<byte[], byte[]> record) {
        return switch (cluster.codec.decode(record.value())) {
            case TokenEvent event -> new JournalEntry.Reported(event);
            case GenerationRequest request -> new JournalEntry.Requested(request);
            case ControlCommand command -> new JournalEntry.Ordered(command);
            default -> throw new AssertionError("nothing else is in this journal");
        };
    }
}
