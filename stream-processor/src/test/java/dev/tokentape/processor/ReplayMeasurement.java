package dev.tokentape.processor;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Measures how long readers wait when a processor that holds many open answers is killed: from the kill to the first new
 * token on the tape, with a second processor standing by. Not a test: run {@code main}; arguments: open answers (1,000),
 * tokens of each so far (100).
 */
final class ReplayMeasurement {

    private ReplayMeasurement() {}

    public static void main(String[] args) throws Exception {
        int answers = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        int tokens = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        Path directory = Files.createTempDirectory("tokentape-replay");
        try (Cluster cluster = new Cluster(directory)) {
            Process first = TokenProcessorTest.spawn(cluster, "tokentape-processor", "first");
            List<Entries.Run> runs = new ArrayList<>();
            for (int i = 0; i < answers; i++) {
                Entries answer = new Entries("conversation-" + i, "answer-" + i);
                Entries.Run run = answer.run(1, "run-" + i);
                runs.add(run);
                cluster.journal(answer.request("hello"));
                cluster.journal(run.taken());
                cluster.journal(run.start());
                cluster.journal(run.blockStart(0, BlockType.TEXT));
            }
            for (int i = 0; i < tokens; i++) {
                runs.forEach(run -> cluster.journal(run.text(" word")));
            }
            cluster.flush();
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            long whole = (long) answers * (tokens + 3);
            awaitMoreThan(tape, whole - 1);
            MeterRegistry registry = new SimpleMeterRegistry();
            // It joins while the first one holds every partition, so that some move to it at once.
            try (TokenProcessor _ =
                    TokenProcessor.start(ProcessorConfig.from(Settings.of(cluster.settings("second"))), registry)) {
                LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
                tape.poll();
                long killed = System.nanoTime();
                first.destroyForcibly().waitFor();
                runs.forEach(run -> cluster.journal(run.text(" new")));
                cluster.flush();
                double[] waits = waitsForTheNextToken(tape, answers, killed);
                System.out.printf(
                        "ReplayMeasurement: %,d open answers of %d tokens: the next token came %.2f s after the kill for the first, %.2f s for half, %.2f s for all of them; replays took %.2f s in all, the longest %.2f s; load %.1f%n",
                        answers,
                        tokens,
                        waits[0],
                        waits[answers / 2],
                        waits[answers - 1],
                        registry.get("tokentape.processor.replay").timer().totalTime(TimeUnit.SECONDS),
                        registry.get("tokentape.processor.replay").timer().max(TimeUnit.SECONDS),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            }
        }
        System.exit(0);
    }

    /** For every answer the seconds from the kill to its next token, shortest first. */
    private static double[] waitsForTheNextToken(Cluster.Tape tape, int answers, long killed) {
        Map<String, Double> waits = new HashMap<>();
        int seen = tape.records.size();
        while (waits.size() < answers) {
            List<ConsumerRecord<byte[], byte[]>> records = tape.poll();
            double now = (System.nanoTime() - killed) / 1e9;
            for (; seen < records.size(); seen++) {
                TokenEvent event = tape.event(records.get(seen));
                if (event instanceof TokenEvent.BlockDelta delta && delta.text().equals(" new")) {
                    waits.putIfAbsent(event.envelope().responseId(), now);
                }
            }
        }
        return waits.values().stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static void awaitMoreThan(Cluster.Tape tape, long count) {
        while (tape.written() <= count) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
