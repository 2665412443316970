package dev.tokentape.processor;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the processor alone: a journal full of answers is there before it starts; printed is how fast the tape grows.
 * Broker and processor share this process and its cores. Not a test: run {@code main}.
 *
 * <p>Arguments, each {@code name=value}: {@code tokens} (1,000,000), {@code answers} that run at once (200), {@code
 * threads} (1).
 */
final class ThroughputMeasurement {

    private ThroughputMeasurement() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            given.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        int tokens = Integer.parseInt(given.getOrDefault("tokens", "1000000"));
        int answers = Integer.parseInt(given.getOrDefault("answers", "200"));
        Path directory = Files.createTempDirectory("tokentape-throughput");
        try (Cluster cluster = new Cluster(directory)) {
            int records = fill(cluster, tokens, answers);
            Map<String, String> settings = cluster.settings("measured");
            settings.put("processor.threads", given.getOrDefault("threads", "1"));
            long started = System.nanoTime();
            try (TokenProcessor _ =
                    TokenProcessor.start(ProcessorConfig.from(Settings.of(settings)), new SimpleMeterRegistry())) {
                double seconds = untilPublished(cluster, tokens);
                System.out.printf(
                        "ThroughputMeasurement: %,d journal records, %,d tokens of %d answers at once: %,.0f tokens/s (%.1f s; %.1f s with the start), %,.0f tokens a second of the stream threads' CPU, load %.1f%n",
                        records,
                        tokens,
                        answers,
                        tokens / seconds,
                        seconds,
                        (System.nanoTime() - started) / 1e9,
                        tokens / streamThreadsCpuSeconds(),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            }
        }
        System.exit(0);
    }

    private static int fill(Cluster cluster, int tokens, int answers) {
        List<Entries.Run> runs = new ArrayList<>();
        int records = 0;
        for (int i = 0; i < answers; i++) {
            Entries answer = new Entries("conversation-" + i, "0198c7a2-1d5e-7cc3-9d53-%012d".formatted(i));
            Entries.Run run = answer.run(1, "7d9f6a0e-3f5b-4a36-8c7e-%012d".formatted(i));
            runs.add(run);
            cluster.journal(answer.request("Tell me something."));
            for (JournalEntry entry : List.of(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT))) {
                cluster.journal(entry);
            }
            records += 4;
        }
        for (int i = 0; i < tokens; i++) {
            cluster.journal(runs.get(i % answers).text(" word"));
            records++;
        }
        for (Entries.Run run : runs) {
            cluster.journal(run.blockStop(0));
            cluster.journal(run.stop());
            records += 2;
        }
        cluster.flush();
        return records;
    }

    /** What the machine's other work does not spoil. */
    private static double streamThreadsCpuSeconds() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().matches(".*StreamThread-\\d+")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos / 1e9;
    }

    /** Seconds from the first events on the tape to the last. */
    private static double untilPublished(Cluster cluster, int tokens) {
        Cluster.Tape tape = cluster.reader(Topic.TOKENS);
        long begun = 0;
        long already = 0;
        while (true) {
            long now = tape.written();
            if (begun == 0 && now > 0) {
                begun = System.nanoTime();
                already = now;
            }
            if (now >= tokens) {
                double seconds = (System.nanoTime() - begun) / 1e9;
                return seconds * tokens / (now - already);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
