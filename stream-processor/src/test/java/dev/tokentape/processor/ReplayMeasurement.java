package dev.tokentape.processor;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

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
            try (TokenProcessor _ = TokenProcessor.start(
                    ProcessorConfig.from(Settings.of(cluster.settings("second"))), registry)) {
                LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
                long before = tape.written();
                long killed = System.nanoTime();
                first.destroyForcibly().waitFor();
                runs.forEach(run -> cluster.journal(run.text(" new")));
                cluster.flush();
                awaitMoreThan(tape, before);
                double firstToken = (System.nanoTime() - killed) / 1e9;
                awaitMoreThan(tape, before + answers - 1);
                double everyAnswer = (System.nanoTime() - killed) / 1e9;
                System.out.printf(
                        "ReplayMeasurement: %,d open answers of %d tokens: first new token %.2f s after the kill, %,d more events after %.2f s; replays took %.2f s in all, the longest %.2f s; load %.1f%n",
                        answers,
                        tokens,
                        firstToken,
                        answers,
                        everyAnswer,
                        registry.get("tokentape.processor.replay").timer().totalTime(TimeUnit.SECONDS),
                        registry.get("tokentape.processor.replay").timer().max(TimeUnit.SECONDS),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            }
        }
        System.exit(0);
    }

    private static void awaitMoreThan(Cluster.Tape tape, long count) {
        while (tape.written() <= count) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
